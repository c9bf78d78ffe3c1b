--! Previous: -
--! Hash: sha1:0
--! AllowInvalidHash

SELECT public.seen('a');
