CREATE TYPE mood_new AS ENUM ('sad', 'glad');

-- From text, whatever the column was.
ALTER TABLE users ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new; -- want "until the table is rewritten$"
ALTER TABLE users ALTER COLUMN moods TYPE mood_new[] USING (moods::text::mood_new[]); -- want "until the table is rewritten$"
ALTER TABLE users ALTER COLUMN age TYPE int USING age + 1; -- want "until the table is rewritten$"

-- Nobody knows what these were.
ALTER TABLE users ALTER COLUMN a TYPE mood_new USING a::mood_new; -- want "the migrations do not tell the type of public.users.a$"
ALTER TABLE users ALTER COLUMN b TYPE text USING b::text; -- want "the migrations do not tell the type of public.users.b$"
ALTER TABLE users ALTER COLUMN c TYPE unseen USING c::text::unseen; -- want "the migrations do not tell the type of public.users.c$"
