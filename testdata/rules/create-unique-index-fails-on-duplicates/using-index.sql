-- The catalog has never seen users.
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email); -- want "if two rows of public.users are equal in email, which the migrations do not rule out; "
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
CREATE UNIQUE INDEX CONCURRENTLY users_id_city ON users (id, city);
ALTER TABLE logs DROP CONSTRAINT logs_pkey, ADD PRIMARY KEY (b, a);
ALTER TABLE kinds DROP CONSTRAINT IF EXISTS kinds_name_key;
ALTER TABLE kinds ADD CONSTRAINT kinds_name_key UNIQUE (name);
