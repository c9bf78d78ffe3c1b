-- +migrate Up
-- +migrate StatementBegin
SELECT public.seen('one');
