-- Up Migration
CREATE TABLE users (id int);
SELECT public.seen('a');
-- Down Migration
DROP TABLE users;
