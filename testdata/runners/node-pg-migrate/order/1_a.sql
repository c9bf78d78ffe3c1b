-- comment
--  up  migration of a
SELECT public.seen('a');
SELECT public.seen('a again');
---- DOWN Migration
SELECT public.seen('a down');
