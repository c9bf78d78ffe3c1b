-- +goose Up
-- no-transaction
-- +Goose NO TRANSACTION
-- + goose NO TRANSACTION
SELECT seen('a'); -- +goose NO TRANSACTION
CREATE INDEX CONCURRENTLY users_email ON users (email);
