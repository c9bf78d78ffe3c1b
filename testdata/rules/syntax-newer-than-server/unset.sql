-- pg: 0
CREATE TABLE users (id bigint PRIMARY KEY, email text, UNIQUE NULLS NOT DISTINCT (email)); -- want "^NULLS NOT DISTINCT needs PostgreSQL 15, and may fail with 42601: no pg_version says that the server is not older$"
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;

-- Once is enough.
CREATE UNIQUE INDEX ON users (email) NULLS NOT DISTINCT;
