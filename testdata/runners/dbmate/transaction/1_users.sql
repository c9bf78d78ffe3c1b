-- migrate:up
SELECT seen('a');
CREATE TABLE users (id bigint PRIMARY KEY, email text);
SELECT seen('b');

-- migrate:down
SELECT seen('c');
DROP TABLE users;
SELECT seen('d');
