-- +goose NO TRANSACTION
-- +goose Up
SELECT seen('a');
DO $$
BEGIN
  PERFORM seen('b');
  PERFORM seen('c');
END $$;
