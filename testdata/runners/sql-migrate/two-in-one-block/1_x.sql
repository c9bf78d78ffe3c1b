-- +migrate Up notransaction
-- +migrate StatementBegin
SELECT public.seen('one');
SELECT public.seen('two');
-- +migrate StatementEnd
-- +migrate StatementBegin
-- +migrate StatementEnd
SELECT public.seen('three');
