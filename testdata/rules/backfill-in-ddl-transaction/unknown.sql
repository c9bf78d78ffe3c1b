-- A table of which the migrations tell nothing: id is its key.
BEGIN;
ALTER TABLE users ADD COLUMN city text;
UPDATE users SET city = 'Lyon' WHERE id IN (1, 2);
UPDATE users SET city = 'Lyon' WHERE name = 'x'; -- want "UPDATE of public.users"
COMMIT;
