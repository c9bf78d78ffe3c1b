SELECT public.seen('1');
