---- tern: disable-tx ----
SELECT public.seen('one');
SELECT E'\';', public.seen('two');
-- the end
