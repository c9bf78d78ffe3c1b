CREATE TABLE shipments (
    id serial PRIMARY KEY,
    first_scan_id integer
);
CREATE TABLE shipment_notes (
    shipment_id integer NOT NULL REFERENCES shipments (id),
    note text NOT NULL
);
CREATE INDEX shipment_notes_shipment_id_idx ON shipment_notes (shipment_id);
