-- +migrate Up
SELECT public.seen('two')
