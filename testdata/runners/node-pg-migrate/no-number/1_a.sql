SELECT public.seen('a');
