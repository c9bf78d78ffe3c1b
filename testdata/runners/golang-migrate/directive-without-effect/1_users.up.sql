-- +goose Up
SELECT seen('up');
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- +goose Down
SELECT seen('down');
DROP TABLE users;
