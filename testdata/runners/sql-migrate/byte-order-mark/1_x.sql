-- +migrate Up
SELECT public.seen('up');
-- +migrate Down
SELECT public.seen('down');
