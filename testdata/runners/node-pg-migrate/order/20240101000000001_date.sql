-- Down Migration
SELECT public.seen('date down');
-- Up Migration
SELECT public.seen('date');
