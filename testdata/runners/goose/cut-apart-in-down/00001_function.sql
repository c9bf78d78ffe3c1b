-- +goose Up
SELECT seen('a');

-- +goose Down
SELECT seen('b');
DO $$
BEGIN
  PERFORM seen('c');
END $$;
