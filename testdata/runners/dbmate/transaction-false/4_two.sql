-- migrate:up transaction:false
SELECT seen('e');
CREATE INDEX CONCURRENTLY users_both ON users (id, email);
-- migrate:down
