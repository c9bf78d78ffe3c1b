SELECT public.seen('lost');
-- Up Migration
SELECT public.seen('a');
-- Down Migration
SELECT public.seen('down');
-- Up Migration
SELECT public.seen('second');
