-- +goose Up
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text
);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, "数量" int);

-- +goose Down
DROP TABLE orders;
DROP TABLE users;
