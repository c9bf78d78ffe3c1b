-- nothing
---- create above / drop below ----
SELECT public.seen('down');
