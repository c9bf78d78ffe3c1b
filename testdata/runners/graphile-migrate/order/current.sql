--! Message: words

SELECT public.seen('current');
SELECT public.seen('current too');
