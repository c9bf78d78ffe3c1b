--! Previous: sha1:98502f501c83c22a4ebeb2f1fa1071315d34b918
--! Hash: sha1:52d2e6f35d8093efc2ba9855bcd2d09500278117

SELECT public.seen('c');
