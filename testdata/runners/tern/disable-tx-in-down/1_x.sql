CREATE TABLE t (a int);
SELECT public.seen('one');
SELECT public.seen('two');
---- create above / drop below ----
---- tern: disable-tx ----
SELECT public.seen('down one');
CREATE INDEX CONCURRENTLY i ON t (a);
SELECT public.seen('down two');
