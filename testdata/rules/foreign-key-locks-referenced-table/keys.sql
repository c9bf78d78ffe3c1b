CREATE TABLE invoices (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); -- want "^the foreign key takes a SHARE ROW EXCLUSIVE lock on the referenced table public.users, which blocks writes while it waits for open transactions and until the transaction ends; reads go on$"
CREATE TABLE payments (a bigint REFERENCES users, b bigint, FOREIGN KEY (b) REFERENCES shop.orders); -- want "referenced table public.users" "referenced table shop.orders"
ALTER TABLE logs ADD COLUMN user_id bigint REFERENCES users; -- want "referenced table public.users"
ALTER TABLE logs ADD FOREIGN KEY (order_id) REFERENCES orders NOT VALID; -- want "referenced table public.orders"
ALTER TABLE invoices ADD FOREIGN KEY (order_id) REFERENCES orders; -- want "referenced table public.orders"

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
