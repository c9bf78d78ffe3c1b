-- +goose Up
SELECT seen('a');
SELECT seen('b')

-- +goose Down
