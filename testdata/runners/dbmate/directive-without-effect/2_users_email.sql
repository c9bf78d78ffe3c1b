-- migrate:up
-- +goose NO TRANSACTION
CREATE INDEX CONCURRENTLY users_email ON users (email);
-- migrate:down
