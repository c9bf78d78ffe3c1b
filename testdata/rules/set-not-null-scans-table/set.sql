-- pg: 17
ALTER TABLE users ALTER COLUMN email SET NOT NULL; -- want "^SET NOT NULL takes an ACCESS EXCLUSIVE lock on public.users, which blocks reads and writes until every row is checked$"
ALTER TABLE users ALTER a DROP NOT NULL, ALTER b SET NOT NULL, ALTER c SET NOT NULL; -- want "SET NOT NULL" "SET NOT NULL"
ALTER TABLE IF EXISTS elsewhere ALTER COLUMN a SET NOT NULL; -- want "may keep it until every row is checked: the migrations do not tell whether public.elsewhere exists$"

-- It is NOT NULL already.
ALTER TABLE users ADD COLUMN d int NOT NULL DEFAULT 0;
ALTER TABLE users ALTER COLUMN d SET NOT NULL;
ALTER TABLE users ALTER COLUMN d DROP NOT NULL;
ALTER TABLE users ALTER COLUMN d SET NOT NULL; -- want "on public.users"

-- Nobody else sees the table yet.
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ALTER COLUMN id SET NOT NULL;
