-- Up Migration
SELECT public.seen('c');

-- Down Migration
SELECT public.seen('c down');
