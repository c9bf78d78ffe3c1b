SELECT public.seen('d');
