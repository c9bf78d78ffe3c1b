-- +goose NO TRANSACTION
-- +goose Up
SELECT seen('a');
SELECT seen('b'); -- comment

-- +goose Down
SELECT seen('c');
