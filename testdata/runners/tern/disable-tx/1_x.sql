-- a comment
---- tern: disable-tx ----
CREATE TABLE t (a int);
SELECT public.seen('one');
SELECT public.seen('two'); SELECT public.seen('three');
CREATE INDEX CONCURRENTLY i ON t (a);
DO $$ BEGIN PERFORM public.seen('four'); PERFORM public.seen('five'); END $$;
---- create above / drop below ----
SELECT public.seen('down one');
SELECT public.seen('down two');
