-- migrate:up
DO $$ BEGIN
-- migrate:down
PERFORM seen('a');
END $$;
