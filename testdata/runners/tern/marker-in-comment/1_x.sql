SELECT public.seen('one');
/*
---- create above / drop below ----
*/
