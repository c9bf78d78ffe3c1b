-- +goose Up
CREATE TABLE letters (
    id bigint PRIMARY KEY,
    kept text NOT NULL,
    body jsonb,
    archive_key text,
    CONSTRAINT letters_kept_check CHECK (
        (kept = 'HERE' AND body IS NOT NULL AND archive_key IS NULL)
        OR
        (kept = 'ARCHIVE' AND body IS NULL AND archive_key IS NOT NULL)
    )
);
