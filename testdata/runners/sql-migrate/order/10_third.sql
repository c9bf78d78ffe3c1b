-- +migrate Up
SELECT public.seen('10');
-- +migrate Down
