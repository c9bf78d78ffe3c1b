SELECT seen('a');
CREATE TABLE users (id bigint PRIMARY KEY, email text);
SELECT seen('b');
