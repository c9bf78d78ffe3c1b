-- +migrate Up
SELECT public.seen('one');
