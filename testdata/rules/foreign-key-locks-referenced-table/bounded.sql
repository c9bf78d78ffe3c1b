-- lock_timeout: 5s
CREATE TABLE a (id bigint PRIMARY KEY, user_id bigint REFERENCES users);

-- The lock is kept while the next statements run.
BEGIN;
CREATE TABLE b (id bigint PRIMARY KEY, user_id bigint REFERENCES users); -- want "referenced table public.users"
CREATE INDEX ON b (user_id);
COMMIT;

-- The transaction ends with the statement.
BEGIN;
CREATE TABLE c (id bigint PRIMARY KEY);
ALTER TABLE c ADD COLUMN user_id bigint REFERENCES users;
COMMIT;

-- Nothing bounds the wait.
SET lock_timeout = 0;
CREATE TABLE d (user_id bigint REFERENCES users); -- want "referenced table public.users"
SET lock_timeout = '10min';
CREATE TABLE e (user_id bigint REFERENCES users); -- want "referenced table public.users"
SET statement_timeout = '30s';
CREATE TABLE f (user_id bigint REFERENCES users);
