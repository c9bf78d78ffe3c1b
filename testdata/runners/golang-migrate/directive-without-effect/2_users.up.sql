-- +goose NO TRANSACTION
SELECT seen('a');
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX CONCURRENTLY users_email ON users (email);
