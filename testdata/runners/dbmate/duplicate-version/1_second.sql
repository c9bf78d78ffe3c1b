-- migrate:up
SELECT seen('b');
-- migrate:down
