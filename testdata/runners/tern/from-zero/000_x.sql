SELECT public.seen('0');
