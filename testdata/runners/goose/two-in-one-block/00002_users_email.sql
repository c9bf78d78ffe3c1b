-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
SELECT seen('a');
CREATE INDEX CONCURRENTLY users_email ON users (email);
-- +goose StatementEnd
