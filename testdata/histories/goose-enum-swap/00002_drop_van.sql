-- +goose Up
-- +goose StatementBegin

LOCK TABLE quotas IN ACCESS EXCLUSIVE MODE;

DELETE FROM quotas WHERE kind = 'VAN';

CREATE TYPE vehicle_new AS ENUM (
    'BIKE',
    'TRUCK'
);

ALTER TABLE quotas
    ALTER COLUMN kind TYPE vehicle_new
    USING kind::text::vehicle_new;

ALTER TABLE quota_alerts
    ALTER COLUMN kind TYPE vehicle_new
    USING kind::text::vehicle_new;

DROP TYPE vehicle CASCADE;

ALTER TYPE vehicle_new RENAME TO vehicle;

-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
ALTER TYPE vehicle ADD VALUE 'VAN';
-- +goose StatementEnd
