-- migrate:down
SELECT seen('a');
-- migrate:up
SELECT seen('b');
