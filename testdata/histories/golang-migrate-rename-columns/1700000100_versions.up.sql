CREATE TABLE parcel_versions (
    id bigint PRIMARY KEY,
    scope_id integer NOT NULL,
    fingerprint text NOT NULL,
    content text NOT NULL,
    CONSTRAINT parcel_versions_scope_fingerprint_unique UNIQUE (scope_id, fingerprint)
);
CREATE TABLE parcel_inputs (
    parcel_id bigint NOT NULL,
    fingerprint text NOT NULL
);
CREATE TABLE parcel_outputs (
    parcel_id bigint NOT NULL,
    fingerprint text NOT NULL
);
