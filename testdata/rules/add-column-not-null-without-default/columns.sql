ALTER TABLE users ADD COLUMN name text NOT NULL; -- want "^ADD COLUMN name NOT NULL without a default fails with 23502 \\(contains null values\\) as soon as public.users has a row$"
ALTER TABLE users ADD "Order" int NOT NULL DEFAULT NULL; -- want "ADD COLUMN \"Order\" NOT NULL"
ALTER TABLE users ADD COLUMN id bigint PRIMARY KEY; -- want "ADD COLUMN id"
ALTER TABLE users ADD COLUMN IF NOT EXISTS maybe int NOT NULL; -- want "ADD COLUMN maybe"
ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int NOT NULL, ADD COLUMN c int NOT NULL; -- want "^ADD COLUMN b and c NOT NULL"

-- Safe: nothing must be there.
ALTER TABLE users ADD COLUMN city text;
ALTER TABLE users ADD COLUMN town text NULL;
ALTER TABLE users ADD COLUMN street text UNIQUE;

-- Safe: the column fills itself.
ALTER TABLE users ADD COLUMN d int NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN e timestamptz DEFAULT now() NOT NULL;
ALTER TABLE users ADD COLUMN f bigserial NOT NULL;
ALTER TABLE users ADD COLUMN g bigserial PRIMARY KEY;
ALTER TABLE users ADD COLUMN h int GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
ALTER TABLE users ADD COLUMN i int GENERATED ALWAYS AS (a + 1) STORED NOT NULL;
ALTER TABLE users ADD COLUMN j int GENERATED ALWAYS AS (a + 1) VIRTUAL NOT NULL;

-- It is there: nothing is added.
ALTER TABLE users ADD COLUMN IF NOT EXISTS city text NOT NULL;

-- Only the name is like that of a serial.
ALTER TABLE users ADD COLUMN k serial_number NOT NULL; -- want "ADD COLUMN k"

-- The new table has no rows.
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD COLUMN name text NOT NULL;
