-- +goose Up
SELECT seen('a');

-- +goose Down
-- +goose Sideways
SELECT seen('b');
