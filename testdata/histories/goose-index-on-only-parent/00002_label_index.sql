-- +goose Up
-- +goose StatementBegin

-- Old partitions get no index; they are gone in a year.
CREATE INDEX IF NOT EXISTS labels_extra_idx
    ON ONLY labels USING gin (extra jsonb_path_ops);

-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin

DROP INDEX IF EXISTS labels_extra_idx;

-- +goose StatementEnd
