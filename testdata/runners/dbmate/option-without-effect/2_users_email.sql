-- migrate:up Transaction:false
CREATE INDEX CONCURRENTLY users_email ON users (email);
-- migrate:down
