-- Up Migration
SELECT public.seen('b');
-- Down Migration
