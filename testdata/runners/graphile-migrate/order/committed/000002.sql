--! Previous: -
--! Hash: sha1:dabd0d9acbcd5946e38eaa91c3724ce0ccc8ac2a

SELECT public.seen('a');
SELECT public.seen('a too');
