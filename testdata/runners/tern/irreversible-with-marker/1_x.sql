SELECT public.seen('1');
---- create above / drop below ----

