ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id); -- want "^ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on public.orders and on the referenced table public.users, which blocks writes of both until every row of public.orders is checked; reads go on$"
ALTER TABLE orders ADD FOREIGN KEY (parent_id) REFERENCES orders; -- want "^ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on public.orders, which blocks writes until every row is checked; reads go on$"
ALTER TABLE orders ADD FOREIGN KEY (a, b) REFERENCES shop.items (x, y) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED; -- want "referenced table shop.items"

-- Another command of the same statement takes a stronger lock.
ALTER TABLE orders
    ADD COLUMN note text,
    ADD FOREIGN KEY (user_id) REFERENCES users (id); -- want "^ADD FOREIGN KEY takes an ACCESS EXCLUSIVE lock on public.orders, which blocks reads and writes until every row is checked, and a SHARE ROW EXCLUSIVE lock on the referenced table public.users, which blocks its writes as long$"

-- A new column that is all null is not checked.
ALTER TABLE orders ADD COLUMN a bigint REFERENCES users (id);
ALTER TABLE orders ADD COLUMN b bigint DEFAULT 1 REFERENCES users (id); -- want "^ADD COLUMN … REFERENCES takes an ACCESS EXCLUSIVE lock on public.orders, which blocks reads and writes until every row is checked, and a SHARE ROW EXCLUSIVE lock on the referenced table public.users"

-- Safe: nothing is checked.
ALTER TABLE orders ADD CONSTRAINT later FOREIGN KEY (c) REFERENCES users (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT later;
ALTER TABLE orders ADD CONSTRAINT advice FOREIGN KEY (c) REFERENCES users (id) NOT ENFORCED;

-- A new referenced table has no traffic, the referencing one has.
CREATE TABLE kinds (id int PRIMARY KEY);
ALTER TABLE orders ADD FOREIGN KEY (kind_id) REFERENCES kinds; -- want "^ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on public.orders, which blocks writes until every row is checked; reads go on$"

-- A new referencing table has no rows.
CREATE TABLE invoices (id bigint, user_id bigint);
ALTER TABLE invoices ADD FOREIGN KEY (user_id) REFERENCES users (id);
