-- migrate:up
SELECT seen('a');
-- migrate:down
-- migrate:up transaction:false
SELECT seen('b');
-- migrate:down
