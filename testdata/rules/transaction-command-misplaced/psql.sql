CREATE TABLE users (id bigint PRIMARY KEY);
COMMIT; -- want "^COMMIT has no effect because no transaction block is open$"
ROLLBACK; -- want "^ROLLBACK has no effect because no transaction block is open$"
SAVEPOINT s; -- want "^SAVEPOINT fails because no BEGIN is open$"
BEGIN;
ALTER TABLE users ADD COLUMN a int;
START TRANSACTION; -- want "^BEGIN has no effect because BEGIN at line 5 is still open$"
SAVEPOINT s;
ROLLBACK TO s;
RELEASE s;
COMMIT;
COMMIT; -- want "^COMMIT has no effect"

-- psql sends these in one message: COMMIT ends its transaction.
ALTER TABLE users ADD COLUMN b int\; COMMIT;
