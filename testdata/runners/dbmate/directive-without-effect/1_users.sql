-- migrate:up
-- +goose NO TRANSACTION
-- no-transaction
-- transaction:false
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migrate:down
