ALTER SEQUENCE shipments_id_seq AS bigint;

ALTER TABLE shipment_notes
    ALTER COLUMN shipment_id TYPE bigint;

ALTER TABLE shipments
    ALTER COLUMN first_scan_id TYPE bigint;
