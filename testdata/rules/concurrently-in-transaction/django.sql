-- runner: django
BEGIN;
--
-- Raw SQL operation
--
CREATE INDEX CONCURRENTLY users_email ON users (email); -- want "BEGIN at line 2 is still open"
COMMIT;
--
-- Concurrently create index users_name on field(s) name of model user
--
CREATE INDEX CONCURRENTLY users_name ON users (name);
