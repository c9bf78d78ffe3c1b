SELECT public.seen('one');
---- create above / drop below ----
SELECT public.seen('down');
