--! Previous: -
--! Hash: sha1:6f3d825e4ce9915ab32efeaaa42e8227ed6b7b43

CREATE TABLE users (id int);
SELECT public.seen('a');
