SELECT public.seen('1 too');
