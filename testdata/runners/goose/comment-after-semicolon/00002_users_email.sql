-- +goose NO TRANSACTION
-- +goose Up
SELECT seen('a'); /* not the end for goose */
CREATE INDEX CONCURRENTLY users_email ON users (email);
