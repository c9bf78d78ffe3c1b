SELECT public.seen('above');
-- +migrate StatementBegin
-- +migrate StatementEnd
-- +migrate up
SELECT public.seen('in lower case');
 -- +migrate Up
SELECT public.seen('behind a blank');
--+migrate Up
SELECT public.seen('without a blank');
-- +Migrate Up
SELECT public.seen('in upper case');
-- +migrate Up
SELECT public.seen('up');
-- +migrate StatementEnd
 -- +migrate Down
SELECT public.seen('still up');
-- +migrate NOTRANSACTION
SELECT public.seen('again');
