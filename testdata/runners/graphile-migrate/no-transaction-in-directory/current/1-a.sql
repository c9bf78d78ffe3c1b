--! no-transaction
SELECT public.seen('a');
