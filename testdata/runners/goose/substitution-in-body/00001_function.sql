-- +goose Up
-- +goose ENVSUB ON
-- +goose StatementBegin
DO $$ BEGIN PERFORM seen('a'); END $$;
-- +goose StatementEnd
