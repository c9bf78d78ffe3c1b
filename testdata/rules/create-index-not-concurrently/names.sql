SET search_path = shop, public;
CREATE INDEX ON orders (id); -- want "on shop.orders, which"
CREATE INDEX ON Public.Users (id); -- want "on public.users, which"

-- Born here, in every way that a table can be.
CREATE TABLE copied AS SELECT * FROM orders;
CREATE INDEX ON shop.copied (id);
SELECT * INTO selected FROM orders;
CREATE INDEX ON selected (id);
CREATE UNLOGGED TABLE unlogged (id bigint);
CREATE INDEX ON unlogged (id);
CREATE MATERIALIZED VIEW daily AS SELECT * FROM orders;
CREATE UNIQUE INDEX ON daily (id);
CREATE TABLE child () INHERITS (orders);
CREATE INDEX ON child (id);
CREATE INDEX ON public.copied (id); -- want "on public.copied, which"

-- Gone and back: nobody sees the new one yet.
DROP TABLE public.users;
CREATE TABLE public.users (id bigint);
CREATE INDEX ON public.users (id);

-- Old, under a new name.
ALTER TABLE orders RENAME TO purchases;
CREATE INDEX ON purchases (id); -- want "on shop.purchases, which"
ALTER TABLE purchases SET SCHEMA archive;
CREATE INDEX ON archive.purchases (id); -- want "on archive.purchases, which"

CREATE INDEX ON fresh_later (id); -- want "on shop.fresh_later, which"
