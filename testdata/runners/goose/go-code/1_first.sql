-- +goose Up
SELECT seen('first');
-- +goose Down
SELECT seen('first back');
