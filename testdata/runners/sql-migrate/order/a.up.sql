-- +migrate Up
SELECT public.seen('a');
