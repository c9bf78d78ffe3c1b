-- migrate:up transaction: false
SELECT seen('a');
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migrate:down
