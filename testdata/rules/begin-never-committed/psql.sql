CREATE TABLE users (id bigint PRIMARY KEY);
BEGIN;
ALTER TABLE users ADD COLUMN a int;
COMMIT;
BEGIN TRANSACTION;
ALTER TABLE users ADD COLUMN b int;
ROLLBACK;
START TRANSACTION; -- want "^nothing commits the transaction that BEGIN opens, so what follows is rolled back when the session ends$"
ALTER TABLE users ADD COLUMN c int;
SAVEPOINT s;
ALTER TABLE users ADD COLUMN d int;
RELEASE s;
BEGIN;
