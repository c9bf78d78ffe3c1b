BEGIN; CREATE TABLE invoices (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); SELECT count(*) FROM logs; COMMIT; -- want "^the foreign key takes a SHARE ROW EXCLUSIVE lock on the referenced table public.users, which blocks writes until the transaction has done all that follows; reads go on$"
BEGIN; CREATE TABLE payments (a bigint REFERENCES users, b bigint, FOREIGN KEY (b) REFERENCES shop.orders); SELECT count(*) FROM logs; COMMIT; -- want "referenced table public.users" "referenced table shop.orders"
BEGIN; ALTER TABLE logs ADD COLUMN user_id bigint REFERENCES users; SELECT count(*) FROM logs; COMMIT; -- want "referenced table public.users"
BEGIN; ALTER TABLE logs ADD FOREIGN KEY (order_id) REFERENCES orders NOT VALID; SELECT count(*) FROM logs; COMMIT; -- want "referenced table public.orders"
BEGIN; ALTER TABLE invoices ADD FOREIGN KEY (order_id) REFERENCES orders; SELECT count(*) FROM logs; COMMIT; -- want "referenced table public.orders"

-- add-foreign-key-scans-table says it.
ALTER TABLE logs ADD FOREIGN KEY (order_id) REFERENCES orders;

-- Safe: the referenced table is new, or the same.
CREATE TABLE lines (id bigint PRIMARY KEY, invoice_id bigint REFERENCES invoices, parent_id bigint REFERENCES lines);
ALTER TABLE logs ADD COLUMN parent_id bigint REFERENCES logs;

-- Safe: no new foreign key.
CREATE TABLE IF NOT EXISTS invoices (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
ALTER TABLE logs ADD COLUMN IF NOT EXISTS parent_id bigint REFERENCES users;
ALTER TABLE logs VALIDATE CONSTRAINT logs_order_id_fkey;
CREATE TABLE copies (LIKE payments INCLUDING ALL);
