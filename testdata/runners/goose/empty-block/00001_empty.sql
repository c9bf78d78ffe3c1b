-- +goose Up
-- +goose StatementBegin
-- +goose StatementEnd
SELECT seen('dropped by goose');
SELECT seen('kept');
