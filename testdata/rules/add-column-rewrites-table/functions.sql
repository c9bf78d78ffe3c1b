CREATE FUNCTION fixed() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION careless() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- A function is volatile unless it says otherwise.
ALTER TABLE users ADD COLUMN a int DEFAULT fixed();
ALTER TABLE users ADD COLUMN b int DEFAULT careless(); -- want "with a volatile default"
ALTER TABLE users ADD COLUMN c int DEFAULT app.elsewhere(); -- want "^ADD COLUMN c with this default takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes, and may keep it until the table is rewritten: the migrations do not tell whether app.elsewhere is volatile$"
