SELECT public.seen('c');
