SELECT public.seen('2');
