-- +migrate Up
SELECT seen('a');
-- +migrate Down
SELECT seen('not a');
-- +migrate Up
SELECT seen('b');
-- +migrate Down
SELECT seen('not b');
