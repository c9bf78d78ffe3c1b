-- DROP of everything.

-- case: drop-table
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
DROP TABLE t;

-- case: drop-table-two
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE u (id int PRIMARY KEY);
-- statement:
DROP TABLE t, u;

-- case: drop-table-if-exists-absent
-- unknown: whether public.t exists
CREATE TABLE u (id int PRIMARY KEY);
-- statement:
DROP TABLE IF EXISTS t;

-- case: drop-table-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int REFERENCES p);
-- statement:
DROP TABLE t;

-- case: drop-table-two-foreign-keys
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE q (id int PRIMARY KEY);
CREATE TABLE t (p_id int REFERENCES p, q_id int REFERENCES q);
-- statement:
DROP TABLE IF EXISTS t;

-- case: drop-table-referenced
-- fails: a foreign key depends on it
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
DROP TABLE t;

-- case: drop-table-referenced-cascade
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
DROP TABLE t CASCADE;

-- case: drop-table-referenced-together
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
DROP TABLE t, c;

-- case: drop-table-view-cascade
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW m AS SELECT id FROM v;
-- statement:
DROP TABLE t CASCADE;

-- case: drop-table-inherited-cascade
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
DROP TABLE t CASCADE;

-- case: drop-table-child
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
DROP TABLE k;

-- case: drop-table-with-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
DROP TABLE t;

-- case: drop-table-rowtype-cascade
CREATE TABLE t (id int);
CREATE TABLE u (x t);
-- statement:
DROP TABLE t CASCADE;

-- case: drop-view
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
DROP VIEW v;

-- case: drop-view-cascade
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
-- statement:
DROP VIEW v CASCADE;

-- case: drop-materialized-view
CREATE TABLE t (id int PRIMARY KEY);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
CREATE INDEX i ON m (id);
-- statement:
DROP MATERIALIZED VIEW m;

-- case: drop-sequence
CREATE SEQUENCE s;
-- statement:
DROP SEQUENCE s;

-- case: drop-sequence-default-cascade
CREATE SEQUENCE s;
CREATE TABLE t (id int DEFAULT nextval('s'));
-- statement:
DROP SEQUENCE s CASCADE;

-- case: drop-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
DROP TRIGGER g ON t;

-- case: drop-trigger-if-exists-absent
CREATE TABLE t (id int);
-- statement:
DROP TRIGGER IF EXISTS g ON t;

-- case: drop-trigger-if-exists-table-absent
CREATE TABLE u (id int);
-- statement:
DROP TRIGGER IF EXISTS g ON t;

-- case: drop-rule
CREATE TABLE t (id int);
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- statement:
DROP RULE r ON t;

-- case: drop-policy
CREATE TABLE t (id int);
CREATE POLICY p ON t USING (id > 0);
-- statement:
DROP POLICY p ON t;

-- case: drop-policy-if-exists-absent
CREATE TABLE t (id int);
-- statement:
DROP POLICY IF EXISTS p ON t;

-- case: drop-function
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- statement:
DROP FUNCTION f();

-- case: drop-function-cascade-trigger
-- differs: the catalog does not tell which function a trigger calls
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
DROP FUNCTION f() CASCADE;

-- case: drop-function-cascade-default
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (id int DEFAULT f());
-- statement:
DROP FUNCTION f() CASCADE;

-- case: drop-function-cascade-check
CREATE FUNCTION f(int) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE TABLE t (id int CHECK (f(id)));
-- statement:
DROP FUNCTION f(int) CASCADE;

-- case: drop-type
CREATE TABLE t (id int);
CREATE TYPE e AS ENUM ('a');
-- statement:
DROP TYPE e;

-- case: drop-type-cascade
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (id int, x e);
-- statement:
DROP TYPE e CASCADE;

-- case: drop-type-cascade-array
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (id int, x e[]);
-- statement:
DROP TYPE e CASCADE;

-- case: drop-type-composite-cascade
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int);
CREATE TABLE t OF ct;
-- statement:
DROP TYPE ct CASCADE;

-- case: drop-domain-cascade
CREATE DOMAIN d AS int;
CREATE TABLE t (id int, x d);
-- statement:
DROP DOMAIN d CASCADE;

-- case: drop-schema-empty
CREATE SCHEMA a;
CREATE TABLE t (id int);
-- statement:
DROP SCHEMA a;

-- case: drop-schema-cascade
CREATE SCHEMA a;
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE a.t (id int PRIMARY KEY, p_id int REFERENCES p);
CREATE TABLE c (t_id int REFERENCES a.t);
CREATE VIEW v AS SELECT id FROM a.t;
CREATE SEQUENCE a.s;
-- statement:
DROP SCHEMA a CASCADE;

-- case: drop-schema-cascade-type
CREATE SCHEMA a;
CREATE TYPE a.e AS ENUM ('x');
CREATE TABLE t (id int, x a.e);
-- statement:
DROP SCHEMA a CASCADE;

-- case: drop-extension
CREATE EXTENSION citext;
CREATE TABLE t (id int);
-- statement:
DROP EXTENSION citext;

-- case: drop-collation
CREATE TABLE t (id int);
CREATE COLLATION co (locale = 'C');
-- statement:
DROP COLLATION co;

-- case: drop-owned
CREATE TABLE t (id int);
-- statement:
DROP OWNED BY other_role;
