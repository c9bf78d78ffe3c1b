-- pg: 14
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int, b int GENERATED ALWAYS AS (1) STORED);
create unique index on users (email) nulls not distinct; -- want "^NULLS NOT DISTINCT needs PostgreSQL 15, and fails with 42601 on 14$"
MERGE INTO users u USING users v ON u.id = v.id WHEN NOT MATCHED BY SOURCE THEN DELETE; -- want "^WHEN NOT MATCHED BY SOURCE needs PostgreSQL 17, and fails with 42601 on 14$"
CREATE VIEW v WITH (security_invoker) AS SELECT 1 AS a; -- want "^WITH \\(security_invoker\\) needs PostgreSQL 15, and fails with 22023 on 14$"
ALTER TABLE users
  ADD COLUMN c int CHECK (c > 0)
    NOT ENFORCED; -- want "^NOT ENFORCED needs PostgreSQL 18"
SELECT count(*) FROM (SELECT 1); -- want "a subquery in FROM without an alias needs PostgreSQL 16"
CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT); -- want "NULLS NOT DISTINCT"

-- Old enough, or no syntax at all.
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;
CREATE UNIQUE INDEX ON users (email);
CREATE UNIQUE INDEX ON users (age NULLS FIRST);
CREATE VIEW w WITH (security_barrier) AS SELECT 1 AS merge, 'NOT ENFORCED' AS "NULLS NOT DISTINCT"; -- MERGE
SELECT count(*) FROM (SELECT 1) s;
CREATE TABLE u (virtual int, enforced int);
ALTER TABLE users ALTER COLUMN b DROP EXPRESSION;
CREATE STATISTICS s ON (age + 1) FROM users;
