-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
ALTER TABLE parcels
    ADD CONSTRAINT parcels_tracking_id_present CHECK (tracking_id IS NOT NULL) NOT VALID;

DO $$
DECLARE
    filled integer;
BEGIN
    LOOP
        UPDATE parcels
        SET tracking_id = gen_random_uuid()
        WHERE id IN (SELECT id FROM parcels WHERE tracking_id IS NULL LIMIT 5000);
        GET DIAGNOSTICS filled = ROW_COUNT;
        EXIT WHEN filled = 0;
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
ALTER TABLE parcels VALIDATE CONSTRAINT parcels_tracking_id_present;
ALTER TABLE parcels ALTER COLUMN tracking_id SET NOT NULL;
ALTER TABLE parcels DROP CONSTRAINT parcels_tracking_id_present;
ALTER TABLE parcels ALTER COLUMN tracking_id SET DEFAULT gen_random_uuid();
-- +goose StatementEnd

-- +goose Down
ALTER TABLE parcels ALTER COLUMN tracking_id DROP NOT NULL;
