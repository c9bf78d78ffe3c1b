-- +goose Up
CREATE TABLE guests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    full_name text NOT NULL,
    fax text,
    phone text
);
CREATE TABLE bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guest_id bigint NOT NULL REFERENCES guests,
    room text NOT NULL,
    nights int NOT NULL DEFAULT 1,
    legacy_ref text
);
CREATE INDEX bookings_guest_id_idx ON bookings (guest_id);
CREATE VIEW open_bookings AS
    SELECT b.id, b.room, g.full_name
    FROM bookings AS b JOIN guests AS g ON g.id = b.guest_id;
-- +goose Down
DROP VIEW open_bookings;
DROP TABLE bookings;
DROP TABLE guests;
