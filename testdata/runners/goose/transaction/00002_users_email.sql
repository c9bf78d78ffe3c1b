-- +goose Up
SELECT seen('before');
CREATE INDEX CONCURRENTLY users_email ON users (email);
