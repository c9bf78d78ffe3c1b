SELECT public.seen('ten');
