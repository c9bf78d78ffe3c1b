CREATE TABLE users (id bigint PRIMARY KEY, city text, town text, n int);
CREATE VIEW cities AS SELECT city FROM users;
CREATE VIEW towns AS SELECT town FROM users;
CREATE FUNCTION grade(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW grades AS SELECT grade(n) FROM users;
DO $$ BEGIN
  ALTER TABLE users DROP COLUMN city; -- want "view public.cities depends on it"
END $$;
-- The error is caught.
DO $$ BEGIN
  ALTER TABLE users DROP COLUMN town;
EXCEPTION WHEN OTHERS THEN NULL;
END $$;
-- Those have other arguments, and are not there.
DROP FUNCTION IF EXISTS grade();
DROP FUNCTION IF EXISTS grade(int, int);
DROP FUNCTION IF EXISTS grade(int); -- want "view public.grades depends on it"
