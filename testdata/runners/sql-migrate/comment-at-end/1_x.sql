-- +migrate Up
SELECT public.seen('one');
-- this one is dropped
-- +migrate Down
--this one is not
