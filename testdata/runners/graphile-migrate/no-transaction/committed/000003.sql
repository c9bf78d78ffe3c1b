--! Previous: sha1:b03cf8089c7367f82d24b6ce694a7c63f521df83
--! Hash: sha1:0b44abb99b1e7150c2f8375ee3da02541ae8b0ca

--! no-transaction
SELECT public.seen('b');
SELECT public.seen('c');
