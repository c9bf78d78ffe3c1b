-- runner: django
-- Of one migration, or of two.
--
-- Concurrently create index users_name on field(s) name of model user
--
CREATE INDEX CONCURRENTLY users_name ON users (name);
--
-- Concurrently create index users_email on field(s) email of model user
--
CREATE INDEX CONCURRENTLY users_email ON users (email);
