/* not a -- comment */
-- migrate:up
SELECT seen('a');
-- migrate:down
