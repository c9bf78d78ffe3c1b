ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age > 0); -- want "^ADD CHECK takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes until every row is checked$"
ALTER TABLE users ADD CHECK (age < 200); -- want "on public.users"
ALTER TABLE IF EXISTS ONLY "Shop"."Orders" ADD CHECK (total >= 0) NO INHERIT; -- want "on \"Shop\".\"Orders\""

-- One command of several.
ALTER TABLE users
    ADD CONSTRAINT a CHECK (age > 1) NOT VALID,
    ADD CONSTRAINT b CHECK (age > 2), -- want "ADD CHECK"
    ALTER COLUMN name DROP NOT NULL;

-- Measured: the new column is all null, and yet every row is read.
ALTER TABLE users ADD COLUMN rank int CHECK (rank > 0); -- want "^ADD COLUMN with a CHECK takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes until every row is checked, although the column is new$"
ALTER TABLE users ADD COLUMN level int NOT NULL DEFAULT 1 CONSTRAINT level_check CHECK (level > 0); -- want "ADD COLUMN with a CHECK"
ALTER TABLE users ADD COLUMN IF NOT EXISTS rank int CHECK (rank > 0);

-- Safe: nothing is checked.
ALTER TABLE users ADD CONSTRAINT later CHECK (age > 3) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT later;
ALTER TABLE users ADD CONSTRAINT advice CHECK (age > 4) NOT ENFORCED;

-- Safe: nobody else sees the table yet.
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD CHECK (id > 0);
CREATE TEMP TABLE scratch (id bigint);
ALTER TABLE scratch ADD CHECK (id > 0);

-- Other constraints have rules of their own.
ALTER TABLE users ADD CONSTRAINT named_not_null NOT NULL name;
ALTER TABLE users ADD UNIQUE (name);
