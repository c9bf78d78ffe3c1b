ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email); -- want "^ADD UNIQUE takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes until the index is built$"
ALTER TABLE users ADD UNIQUE (email, city) DEFERRABLE INITIALLY DEFERRED; -- want "on public.users"
ALTER TABLE "Users" ADD UNIQUE NULLS NOT DISTINCT ("Email") INCLUDE (id); -- want "on public.\"Users\""
ALTER TABLE users ADD COLUMN code text UNIQUE; -- want "^ADD COLUMN with UNIQUE takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes until the index is built$"

-- One command of several.
ALTER TABLE users
    ADD COLUMN note text,
    ADD UNIQUE (phone); -- want "ADD UNIQUE"

-- Safe: the index is there.
CREATE UNIQUE INDEX CONCURRENTLY users_phone_again ON users (phone);
ALTER TABLE users ADD CONSTRAINT users_phone_again UNIQUE USING INDEX users_phone_again;

-- Safe: the column is there, and nobody else sees the new table.
ALTER TABLE users ADD COLUMN IF NOT EXISTS code text UNIQUE;
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD UNIQUE (id);
