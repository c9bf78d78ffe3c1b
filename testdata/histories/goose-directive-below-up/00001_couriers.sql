-- +goose Up
CREATE TABLE couriers (
    id uuid PRIMARY KEY,
    depot_id uuid NOT NULL,
    seen_at timestamptz
);
CREATE TABLE tours (
    id bigint PRIMARY KEY,
    courier_id uuid NOT NULL,
    CONSTRAINT tours_courier_id_fkey FOREIGN KEY (courier_id) REFERENCES couriers (id) ON DELETE CASCADE
);
