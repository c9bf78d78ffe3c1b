--! Previous: sha1:551d7cfd3a77ff0d22a46d5b8532d5d7f4fa90f5
--! Hash: sha1:023c1a110325691a5ab402d7bdf0ba0b8c002b8f

SELECT public.seen('c');
