-- +goose Up
SELECT seen('a');

-- +goose Down
SELECT seen('b')
