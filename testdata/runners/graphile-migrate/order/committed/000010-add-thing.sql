--! Previous: sha1:dabd0d9acbcd5946e38eaa91c3724ce0ccc8ac2a
--! Hash: sha1:551d7cfd3a77ff0d22a46d5b8532d5d7f4fa90f5

--! split: 1-current.sql
SELECT public.seen('b');
