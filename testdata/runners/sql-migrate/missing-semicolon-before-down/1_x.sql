-- +migrate Up
SELECT public.seen('one')
-- +migrate Down
SELECT public.seen('down');
