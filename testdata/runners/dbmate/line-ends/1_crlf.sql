-- above

-- migrate:up transaction:false
SELECT seen('a');
SELECT seen('b');
-- migrate:down
SELECT seen('c');
