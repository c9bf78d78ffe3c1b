UPDATE users SET city = ''; -- want "^UPDATE without WHERE writes every row of public.users anew and keeps each of them locked until the transaction ends: other writers of the rows wait$"
UPDATE users SET city = '' WHERE true; -- want "every row of public.users"
UPDATE users SET city = '' WHERE 1 = 1; -- want "every row of public.users"
UPDATE users SET city = c.name FROM cities c; -- want "every row of public.users"
WITH u AS (UPDATE users SET city = '' RETURNING id) SELECT count(*) FROM u; -- want "every row of public.users"

-- Safe: a condition.
UPDATE users SET city = '' WHERE city IS NULL;
UPDATE users SET city = c.name FROM cities c WHERE c.id = users.city_id;
INSERT INTO users VALUES (1) ON CONFLICT (id) DO UPDATE SET city = '';

-- Safe: the table is new.
CREATE TABLE fresh (id bigint);
UPDATE fresh SET id = 1;

-- Under a lock that keeps all writers out, backfill-in-ddl-transaction is about it.
BEGIN;
ALTER TABLE users ADD COLUMN country text;
UPDATE users SET country = '';
UPDATE accounts SET country = ''; -- want "every row of public.accounts"
COMMIT;
BEGIN;
SELECT FROM users WHERE id = 1 FOR UPDATE;
UPDATE users SET country = ''; -- want "every row of public.users"
COMMIT;
