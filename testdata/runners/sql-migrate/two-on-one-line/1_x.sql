-- +migrate Up notransaction
CREATE TABLE t (a int);
SELECT public.seen('one'); SELECT public.seen('two');
SET lock_timeout = '5s'; CREATE INDEX CONCURRENTLY i ON t (a);
