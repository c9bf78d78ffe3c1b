SELECT public.seen('2');

---- create above / drop below ----

SELECT public.seen('2 down');
