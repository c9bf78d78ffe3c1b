---- tern: disable-tx ----
CREATE TABLE t (a int); -- see C:\
SELECT public.seen('one');
SELECT public.seen('two');
