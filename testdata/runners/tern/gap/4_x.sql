SELECT public.seen('4');
