ALTER TABLE parcel_inputs RENAME COLUMN digest TO fingerprint;
