-- +goose NO TRANSACTION
-- +goose Up
SELECT seen('a');
SET lock_timeout = '5s';
CREATE INDEX CONCURRENTLY users_email ON users (email);
SELECT seen('b');

-- +goose Down
SELECT seen('c');
DROP INDEX CONCURRENTLY users_email;
SELECT seen('d');
