CREATE TABLE users (id bigint, a int CHECK (a > 0), b int);
ALTER TABLE users ADD CONSTRAINT b CHECK (b > 0) NOT VALID;
DO $$
BEGIN
  IF EXISTS (SELECT FROM users) THEN
    ALTER TABLE users DROP CONSTRAINT users_a_check;
    ALTER TABLE users VALIDATE CONSTRAINT b;
  END IF;
  ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID; -- want "NOT VALID leaves the values that public.users has already unchecked, and no later migration validates c"
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'd') THEN
    ALTER TABLE users ADD CONSTRAINT d CHECK (a > b) NOT VALID; -- want "no later migration validates d"
  END IF;
END $$;
