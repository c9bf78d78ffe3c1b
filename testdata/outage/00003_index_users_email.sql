-- +goose Up
SET LOCAL lock_timeout = '5s';

CREATE INDEX users_email_idx ON users (email);

-- +goose Down
DROP INDEX users_email_idx;
