--
-- Raw SQL operation
--
SELECT public.seen('shop 3 behind');
--
-- Concurrently create index customer_email on field(s) email of model customer
--
DROP INDEX CONCURRENTLY IF EXISTS "customer_email";
--
-- Raw SQL operation
--
SELECT public.seen('shop 3');
