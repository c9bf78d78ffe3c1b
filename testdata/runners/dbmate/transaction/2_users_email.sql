-- migrate:up
SELECT seen('e');
CREATE INDEX CONCURRENTLY users_email ON users (email);

-- migrate:down
