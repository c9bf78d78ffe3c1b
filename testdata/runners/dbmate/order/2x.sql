-- migrate:up
SELECT seen('third');
-- migrate:down
