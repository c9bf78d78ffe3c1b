 -- +goose NO TRANSACTION
-- +goose Up
SELECT seen('b');
