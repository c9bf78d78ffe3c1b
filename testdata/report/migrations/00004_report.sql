-- +goose Up
CREATE VIEW report AS SELCT count(*) FROM orders;
CREATE INDEX users_email_idx ON users (email);
