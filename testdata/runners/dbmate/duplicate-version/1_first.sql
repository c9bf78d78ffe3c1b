-- migrate:up
SELECT seen('a');
-- migrate:down
