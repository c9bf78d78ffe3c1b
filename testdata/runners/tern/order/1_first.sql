SELECT public.seen('1');
---- create above / drop below ----
SELECT public.seen('1 down');
