-- +goose Up
-- +goose StatementBegin
ALTER TABLE letters DROP CONSTRAINT letters_kept_check;
ALTER TABLE letters ADD CONSTRAINT letters_kept_check CHECK (
    (kept = 'HERE' AND archive_key IS NULL)
    OR
    (kept = 'ARCHIVE' AND body IS NULL AND archive_key IS NOT NULL)
) NOT VALID;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
ALTER TABLE letters DROP CONSTRAINT letters_kept_check;
-- +goose StatementEnd
