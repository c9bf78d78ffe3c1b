ALTER TABLE users ADD PRIMARY KEY (id); -- want "^ADD PRIMARY KEY takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes until the index is built$"
ALTER TABLE orders ADD CONSTRAINT orders_key PRIMARY KEY (id, city) INCLUDE (name); -- want "on public.orders"
ALTER TABLE items ADD COLUMN code int, ADD PRIMARY KEY (code); -- want "ADD PRIMARY KEY takes"
ALTER TABLE kinds ADD COLUMN flag int DEFAULT 0 PRIMARY KEY; -- want "^ADD COLUMN with PRIMARY KEY takes an ACCESS EXCLUSIVE lock"
ALTER TABLE IF EXISTS elsewhere ADD PRIMARY KEY (id); -- want "^ADD PRIMARY KEY takes an ACCESS EXCLUSIVE lock on public.elsewhere, which blocks reads and writes, and may keep it until the index is built: the migrations do not tell whether public.elsewhere exists$"

-- The index is there, but who knows of what columns.
ALTER TABLE logs ADD PRIMARY KEY USING INDEX logs_pkey; -- want "^ADD PRIMARY KEY USING INDEX takes an ACCESS EXCLUSIVE lock on public.logs, which blocks reads and writes, and may keep it until every row is checked: the migrations do not tell the columns of logs_pkey$"

-- Nobody else sees the table yet.
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD PRIMARY KEY (id);
