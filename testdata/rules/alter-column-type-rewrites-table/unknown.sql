ALTER TABLE users ALTER COLUMN age TYPE bigint; -- want "^ALTER COLUMN age TYPE takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes, and may keep it until the table is rewritten: the migrations do not tell the type of public.users.age$"
ALTER TABLE users ADD COLUMN city varchar(10);
ALTER TABLE users ALTER COLUMN city TYPE text;
ALTER TABLE users ALTER COLUMN city TYPE char(20); -- want "until the table is rewritten$"

-- Nobody else sees the table yet.
CREATE TABLE fresh (id int);
ALTER TABLE fresh ALTER COLUMN id TYPE bigint;
