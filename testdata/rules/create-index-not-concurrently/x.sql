CREATE INDEX users_email_idx ON users (email); -- want "^CREATE INDEX takes a SHARE lock on public.users, which blocks writes until the index is built; reads go on$"
CREATE UNIQUE INDEX ON "Shop"."Orders" (id); -- want "on \"Shop\".\"Orders\""
CREATE INDEX IF NOT EXISTS users_name_idx ON users (name); -- want "SHARE lock"

-- Safe: reads and writes go on.
CREATE INDEX CONCURRENTLY users_city_idx ON users (city);

-- Safe: nobody else sees the table yet.
CREATE TABLE fresh (id bigint);
CREATE INDEX ON fresh (id);
CREATE TEMP TABLE scratch (id bigint);
CREATE INDEX ON scratch (id);

-- Another schema's table of the same name is not the new one.
CREATE TABLE a.t (id bigint);
CREATE INDEX ON b.t (id); -- want "on b.t"

-- What is rolled back does not exist.
BEGIN;
CREATE TABLE undone (id bigint);
ROLLBACK;
CREATE INDEX ON undone (id); -- want "on public.undone"

-- IF NOT EXISTS makes the migration repeatable: nothing shows an older table.
CREATE TABLE IF NOT EXISTS maybe (id bigint);
CREATE INDEX ON maybe (id);

-- A renamed table is the table it was.
ALTER TABLE fresh RENAME TO renamed;
CREATE INDEX ON renamed (id);
