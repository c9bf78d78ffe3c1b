-- +goose NO TRANSACTION
-- +goose Up
SELECT seen('a');
SELECT seen('b'); CREATE INDEX CONCURRENTLY users_email ON users (email);
