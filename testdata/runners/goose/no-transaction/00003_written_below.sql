-- +goose Up
-- +goose no transaction
CREATE INDEX CONCURRENTLY users_id ON users (id);
SELECT seen('e');
-- +goose StatementBegin
SELECT seen('f');
SELECT seen('g');
-- +goose StatementEnd
