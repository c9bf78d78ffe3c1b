-- +goose Up
-- +goose ENVSUB ON
PREPARE p AS SELECT $1::int;
