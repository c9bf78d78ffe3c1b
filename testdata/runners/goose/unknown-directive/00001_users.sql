-- +goose NO TRANSACTIONS
-- +goose Up
SELECT seen('b');
