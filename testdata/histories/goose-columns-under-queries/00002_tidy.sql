-- +goose Up
SET LOCAL lock_timeout = '5s';
ALTER TABLE guests RENAME COLUMN phone TO mobile;
ALTER TABLE guests DROP COLUMN fax;
ALTER TABLE bookings DROP COLUMN legacy_ref;
DROP VIEW open_bookings;
ALTER TABLE bookings RENAME COLUMN nights TO night_count;
-- +goose Down
SELECT 1;
