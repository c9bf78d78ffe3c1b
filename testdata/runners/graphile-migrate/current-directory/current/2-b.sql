SELECT public.seen('two');
