--migrate:up	foo:bar transaction:false
SELECT seen('a');
SELECT seen('b');
-- migrate:down
SELECT seen('c');
SELECT seen('d');
