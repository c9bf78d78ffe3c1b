---- tern: disable-tx ----
SELECT public.seen('one');
-- here: �
SELECT public.seen('two');
