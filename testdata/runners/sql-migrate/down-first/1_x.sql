-- +migrate Down
SELECT public.seen('down');
-- +migrate Up
SELECT public.seen('up');
