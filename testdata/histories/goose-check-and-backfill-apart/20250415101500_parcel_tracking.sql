-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
ALTER TABLE parcels
    ADD CONSTRAINT parcels_tracking_id_present CHECK (tracking_id IS NOT NULL) NOT VALID;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
    last_id bigint := 0;
BEGIN
    CREATE TEMP TABLE parcels_to_fill AS SELECT id FROM parcels WHERE tracking_id IS NULL;
    CREATE INDEX ON parcels_to_fill (id);
    LOOP
        WITH batch AS (
            SELECT id FROM parcels_to_fill WHERE id > last_id ORDER BY id LIMIT 500
        ), filled AS (
            UPDATE parcels SET tracking_id = gen_random_uuid() WHERE id IN (SELECT id FROM batch)
        )
        SELECT max(id) INTO last_id FROM batch;
        EXIT WHEN last_id IS NULL;
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
ALTER TABLE parcels VALIDATE CONSTRAINT parcels_tracking_id_present;
ALTER TABLE parcels ALTER COLUMN tracking_id SET NOT NULL;
ALTER TABLE parcels ALTER COLUMN tracking_id SET DEFAULT gen_random_uuid();
ALTER TABLE parcels DROP CONSTRAINT parcels_tracking_id_present;
-- +goose StatementEnd

-- +goose Down
ALTER TABLE parcels ALTER COLUMN tracking_id DROP NOT NULL;
