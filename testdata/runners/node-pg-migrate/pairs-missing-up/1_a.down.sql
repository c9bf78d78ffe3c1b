SELECT public.seen('a down');
