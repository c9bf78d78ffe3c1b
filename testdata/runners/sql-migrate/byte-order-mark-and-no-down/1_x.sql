-- +migrate Up
SELECT public.seen('up');
