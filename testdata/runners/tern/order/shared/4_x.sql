SELECT public.seen('not executed');
