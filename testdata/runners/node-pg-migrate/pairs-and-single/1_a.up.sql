SELECT public.seen('a up');
