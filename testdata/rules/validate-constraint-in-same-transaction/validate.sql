-- A CHECK is added under ACCESS EXCLUSIVE, a foreign key under SHARE ROW EXCLUSIVE.
BEGIN;
ALTER TABLE users ADD CONSTRAINT a CHECK (age > 0) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT a; -- want "^VALIDATE CONSTRAINT checks every row of public.users while the transaction holds an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes$"
COMMIT;
BEGIN;
ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (user_id) REFERENCES users NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT b; -- want "^VALIDATE CONSTRAINT checks every row of public.orders while the transaction holds a SHARE ROW EXCLUSIVE lock on public.orders, which blocks writes$"
COMMIT;

-- In one statement.
ALTER TABLE users ADD CONSTRAINT c CHECK (age > 1) NOT VALID, VALIDATE CONSTRAINT c; -- want "^VALIDATE CONSTRAINT checks every row of public.users while the same ALTER TABLE holds an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes$"

-- A lock on another table.
BEGIN;
ALTER TABLE users ADD COLUMN city text;
ALTER TABLE orders VALIDATE CONSTRAINT d; -- want "holds an ACCESS EXCLUSIVE lock on public.users"
COMMIT;

-- Safe: the two do not share a transaction.
ALTER TABLE users ADD CONSTRAINT e CHECK (age > 2) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT e;
BEGIN;
ALTER TABLE users VALIDATE CONSTRAINT f;
ALTER TABLE orders VALIDATE CONSTRAINT g;
COMMIT;

-- Safe: the lock was given back.
BEGIN;
SAVEPOINT s;
ALTER TABLE users ADD COLUMN town text;
ROLLBACK TO s;
ALTER TABLE orders VALIDATE CONSTRAINT h;
COMMIT;

-- Safe: no lock that blocks writes.
BEGIN;
UPDATE users SET age = 1 WHERE id = 1;
ALTER TABLE orders VALIDATE CONSTRAINT i;
COMMIT;

-- It is valid: nothing is checked.
BEGIN;
ALTER TABLE users ADD COLUMN street text;
ALTER TABLE users VALIDATE CONSTRAINT e;
COMMIT;

-- Nobody else sees the table yet.
BEGIN;
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD CONSTRAINT j CHECK (id > 0) NOT VALID;
ALTER TABLE fresh VALIDATE CONSTRAINT j;
COMMIT;
