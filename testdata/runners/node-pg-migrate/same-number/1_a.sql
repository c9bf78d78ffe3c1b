-- Up Migration
SELECT public.seen('a');
-- Down Migration
