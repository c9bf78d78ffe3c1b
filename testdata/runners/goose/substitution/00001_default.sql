-- +goose Up
-- +goose ENVSUB ON
SELECT seen('a'), '${UNSET:-default}';
-- +goose ENVSUB OFF
SELECT seen('b'), '${UNSET}';
