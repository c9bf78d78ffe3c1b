-- +migrate Up
-- +migrate StatementBegin
SELECT public.seen('one');
-- +migrate Down
SELECT public.seen('down');
