-- Up Migration
SELECT public.seen('b');
-- Down Migration
SELECT public.seen('b down');
