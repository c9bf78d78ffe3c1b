-- +goose Up
SELECT seen('h');
SELECT seen('i');

-- +goose Down
-- +goose NO TRANSACTION
SELECT seen('j');
SELECT seen('k');
