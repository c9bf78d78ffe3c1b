-- +migrate Up
SELECT public.seen('2');
-- +migrate Down
SELECT public.seen('2 down');
