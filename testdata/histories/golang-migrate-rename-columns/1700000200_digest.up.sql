CREATE EXTENSION IF NOT EXISTS pgcrypto;

ALTER TABLE parcel_versions
ADD COLUMN digest text;

-- for the NOT NULL of a later migration
ALTER TABLE parcel_versions
ADD CONSTRAINT parcel_versions_digest_present
CHECK (digest IS NOT NULL) NOT VALID;

ALTER TABLE parcel_inputs
RENAME COLUMN fingerprint TO digest;

ALTER TABLE parcel_outputs
RENAME COLUMN fingerprint TO digest;

CREATE INDEX parcel_versions_fingerprint_idx
ON parcel_versions (fingerprint);

ALTER TABLE parcel_versions
DROP CONSTRAINT IF EXISTS parcel_versions_scope_fingerprint_unique;

UPDATE parcel_versions v
SET digest = encode(digest(w.content, 'sha256'), 'hex')
FROM parcel_versions w
WHERE w.id = v.id;

ALTER TABLE parcel_versions
ADD CONSTRAINT parcel_versions_scope_digest_unique
UNIQUE (scope_id, digest);
