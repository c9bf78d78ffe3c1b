-- +goose Up
CREATE TABLE stops (
    id bigint PRIMARY KEY,
    tour_id bigint NOT NULL,
    placed_at timestamptz NOT NULL,
    attempt integer NOT NULL
);
CREATE INDEX stops_tour_idx ON stops (tour_id, placed_at, attempt);
