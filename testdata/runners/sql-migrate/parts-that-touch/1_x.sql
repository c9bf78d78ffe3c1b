-- +migrate Up
SELECT public.seen('one');
-- +migrate Up notransaction
SELECT public.seen('two');
