-- migrate:up
SELECT seen('second');
-- migrate:down
