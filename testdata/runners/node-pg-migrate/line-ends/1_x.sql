-- Up Migration
SELECT public.seen('a');
-- Down Migration
SELECT public.seen('down');
