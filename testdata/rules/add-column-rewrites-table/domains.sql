CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN layered AS positive;
CREATE DOMAIN plain AS int;
CREATE DOMAIN dice AS float DEFAULT random();

-- Measured: also without a default, and with one that is constant.
ALTER TABLE users ADD COLUMN a positive; -- want "ADD COLUMN a with the domain public.positive, which has constraints, takes an ACCESS EXCLUSIVE lock on public.users"
ALTER TABLE users ADD COLUMN b positive DEFAULT 1; -- want "public.positive"
ALTER TABLE users ADD COLUMN c layered; -- want "public.positive"
ALTER TABLE users ADD COLUMN d dice; -- want "a volatile default"
ALTER TABLE users ADD COLUMN e plain DEFAULT 1;
ALTER TABLE users ADD COLUMN f positive[];
