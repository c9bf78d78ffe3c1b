-- The transaction ends with the statement.
CREATE TABLE a (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
BEGIN;
CREATE TABLE c (id bigint PRIMARY KEY);
ALTER TABLE c ADD COLUMN user_id bigint REFERENCES users;
COMMIT;

-- What follows takes an instant.
BEGIN;
CREATE TABLE b (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE INDEX ON b (user_id);
CREATE TABLE d (id bigint PRIMARY KEY, user_id bigint REFERENCES users, b_id bigint REFERENCES b);
ALTER TABLE d ADD COLUMN name text;
COMMENT ON TABLE d IS 'new';
INSERT INTO b VALUES (1, NULL);
COMMIT;

-- It does not.
BEGIN;
CREATE TABLE e (user_id bigint REFERENCES users); -- want "referenced table public.users"
INSERT INTO e SELECT id FROM users;
COMMIT;
BEGIN;
CREATE TABLE f (user_id bigint REFERENCES users); -- want "referenced table public.users"
DO $$ BEGIN PERFORM 1; END $$;
COMMIT;
-- It waits for another table.
BEGIN;
CREATE TABLE g (user_id bigint REFERENCES users); -- want "referenced table public.users"
CREATE TABLE h (team_id bigint REFERENCES teams);
COMMIT;
BEGIN;
CREATE TABLE i (user_id bigint REFERENCES users); -- want "referenced table public.users"
CREATE INDEX ON teams (id);
COMMIT;
