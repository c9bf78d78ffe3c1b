-- Nothing is left, and the lock lets nobody insert.
BEGIN;
TRUNCATE users, orders;
ALTER TABLE users ADD COLUMN a int NOT NULL;
INSERT INTO orders VALUES (1);
ALTER TABLE orders ADD COLUMN a int NOT NULL; -- want "ADD COLUMN a"
COMMIT;
ALTER TABLE users ADD COLUMN b int NOT NULL; -- want "ADD COLUMN b"

-- Others may insert in between.
TRUNCATE users;
ALTER TABLE users ADD COLUMN c int NOT NULL; -- want "ADD COLUMN c"
