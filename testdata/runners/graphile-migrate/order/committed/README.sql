SELECT public.seen('x');
