-- +goose Up
-- +goose NO TRANSACTION

CREATE INDEX CONCURRENTLY couriers_depot_id_seen_at_idx ON couriers (depot_id, seen_at);


-- a tour survives its courier
ALTER TABLE tours DROP CONSTRAINT tours_courier_id_fkey, ALTER COLUMN courier_id DROP NOT NULL, ADD CONSTRAINT tours_courier_id_fkey FOREIGN KEY (courier_id) REFERENCES couriers (id) ON UPDATE CASCADE ON DELETE SET NULL NOT VALID;
