SELECT public.seen('b');
