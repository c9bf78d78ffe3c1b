---- tern: disable-tx ----
CREATE TABLE t (a int);
-- see C:\
SELECT public.seen('one');
CREATE INDEX CONCURRENTLY i ON t (a);
