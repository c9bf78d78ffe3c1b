-- +goose Up
-- +goose StatementBegin
SELECT seen('a');
