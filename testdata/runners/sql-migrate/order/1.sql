-- +migrate Up
SELECT public.seen('1');

-- +migrate Down
SELECT public.seen('1 down');
