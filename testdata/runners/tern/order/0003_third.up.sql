SELECT public.seen('3');
SELECT public.seen('3 too')
---- create above / drop below ----
SELECT public.seen('3 down')
