-- +migrate Up
SELECT public.seen('b');
