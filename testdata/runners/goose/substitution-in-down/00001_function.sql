-- +goose Up
SELECT seen('a');

-- +goose Down
-- +goose ENVSUB ON
-- +goose StatementBegin
DO $$
BEGIN
  PERFORM seen('b');
END $$;
-- +goose StatementEnd
