-- migrate:up
SELECT seen('a');
-- migrate:down
DO $$
BEGIN
  PERFORM seen('b');
-- migrate:up
  PERFORM seen('c');
END $$;
-- migrate:down
SELECT seen('d');
