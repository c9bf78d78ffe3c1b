-- migrate:up
SELECT seen('first');
-- migrate:down
