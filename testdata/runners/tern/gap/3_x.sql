SELECT public.seen('3');
