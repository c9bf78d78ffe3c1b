--! Previous: sha1:0
--! Hash: sha1:d6b15668984c0fb9bd6e6abbc45ce9ddee8aed2d

SELECT public.seen('b');
