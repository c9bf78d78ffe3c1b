-- +migrate Up
SELECT public.seen('one');
SELECT public.seen('two');
-- +migrate StatementBegin
SELECT public.seen('three');
-- +migrate StatementEnd
-- +migrate Down
SELECT public.seen('down');