SELECT public.seen('one');
