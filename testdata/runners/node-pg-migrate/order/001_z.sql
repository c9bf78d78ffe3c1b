-- Up Migration
SELECT public.seen('z');
