-- +migrate Up
SELECT public.seen('0002');
