ALTER SEQUENCE shipments_id_seq AS integer;

ALTER TABLE shipment_notes
    ALTER COLUMN shipment_id TYPE integer;

ALTER TABLE shipments
    ALTER COLUMN first_scan_id TYPE integer;
