-- Up Migration
SELECT public.seen('B2');
-- Down Migration
