-- Views, sequences, types, domains, comments, privileges, owners, names.

-- case: alter-view-set
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
ALTER VIEW v SET (security_barrier = true);

-- case: alter-view-default
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
ALTER VIEW v ALTER COLUMN id SET DEFAULT 1;

-- case: alter-view-rename
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
ALTER VIEW v RENAME TO w;

-- case: alter-view-set-schema
CREATE SCHEMA a;
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
ALTER VIEW v SET SCHEMA a;

-- case: alter-view-owner
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
ALTER VIEW v OWNER TO other_role;

-- case: alter-materialized-view-rename
CREATE TABLE t (id int);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
-- statement:
ALTER MATERIALIZED VIEW m RENAME TO n;

-- case: alter-materialized-view-set
CREATE TABLE t (id int);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
-- statement:
ALTER MATERIALIZED VIEW m SET (fillfactor = 70);

-- case: alter-materialized-view-tablespace
CREATE TABLE t (id int);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
-- statement:
ALTER MATERIALIZED VIEW m SET TABLESPACE other_space;

-- case: refresh-materialized-view
CREATE TABLE t (id int);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
-- statement:
REFRESH MATERIALIZED VIEW m;

-- case: refresh-materialized-view-no-data
CREATE TABLE t (id int);
INSERT INTO t VALUES (1);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
-- statement:
REFRESH MATERIALIZED VIEW m WITH NO DATA;

-- case: refresh-materialized-view-concurrently
CREATE TABLE t (id int);
INSERT INTO t VALUES (1);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
CREATE UNIQUE INDEX i ON m (id);
-- statement:
REFRESH MATERIALIZED VIEW CONCURRENTLY m;

-- case: alter-sequence-restart
CREATE SEQUENCE s;
-- statement:
ALTER SEQUENCE s RESTART WITH 10;

-- case: alter-sequence-as
CREATE SEQUENCE s AS int;
-- statement:
ALTER SEQUENCE s AS bigint;

-- case: alter-sequence-owned-by
CREATE TABLE t (id int);
CREATE SEQUENCE s;
-- statement:
ALTER SEQUENCE s OWNED BY t.id;

-- case: alter-sequence-owned-by-none
CREATE TABLE t (id serial);
-- statement:
ALTER SEQUENCE t_id_seq OWNED BY NONE;

-- case: alter-sequence-rename
CREATE SEQUENCE s;
-- statement:
ALTER SEQUENCE s RENAME TO s2;

-- case: alter-sequence-owner
CREATE SEQUENCE s;
-- statement:
ALTER SEQUENCE s OWNER TO other_role;

-- case: alter-sequence-set-schema
CREATE SCHEMA a;
CREATE SEQUENCE s;
-- statement:
ALTER SEQUENCE s SET SCHEMA a;

-- case: alter-sequence-set-unlogged
-- servers: 15-
CREATE SEQUENCE s;
-- statement:
ALTER SEQUENCE s SET UNLOGGED;

-- case: select-nextval
-- except: public.s: the sequence is named in a text
CREATE SEQUENCE s;
-- statement:
SELECT nextval('s');

-- case: select-setval
-- except: public.s: the sequence is named in a text
CREATE SEQUENCE s;
-- statement:
SELECT setval('s', 10);

-- case: alter-type-add-value
-- servers: 12-
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (x e);
-- statement:
ALTER TYPE e ADD VALUE 'b';

-- case: alter-type-rename-value
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (x e);
-- statement:
ALTER TYPE e RENAME VALUE 'a' TO 'b';

-- case: alter-type-rename
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (x e);
-- statement:
ALTER TYPE e RENAME TO f;

-- case: alter-type-owner
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (x e);
-- statement:
ALTER TYPE e OWNER TO other_role;

-- case: alter-type-set-schema
CREATE SCHEMA a;
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (x e);
-- statement:
ALTER TYPE e SET SCHEMA a;

-- case: alter-composite-type-rename-attribute
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int);
CREATE TABLE t (x ct);
-- statement:
ALTER TYPE ct RENAME ATTRIBUTE a TO b;

-- case: alter-domain-add-check
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
CREATE TABLE u (x d);
CREATE TABLE w (x int);
-- statement:
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);

-- case: alter-domain-add-check-not-valid
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0) NOT VALID;

-- case: alter-domain-validate
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0) NOT VALID;
-- statement:
ALTER DOMAIN d VALIDATE CONSTRAINT c;

-- case: alter-domain-validate-again
CREATE DOMAIN d AS int CONSTRAINT c CHECK (value > 0);
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d VALIDATE CONSTRAINT c;

-- case: alter-domain-set-not-null
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d SET NOT NULL;

-- case: alter-domain-set-not-null-already
CREATE DOMAIN d AS int NOT NULL;
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d SET NOT NULL;

-- case: alter-domain-add-not-null
-- servers: 17-
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d ADD NOT NULL;

-- case: alter-domain-drop-not-null
CREATE DOMAIN d AS int NOT NULL;
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d DROP NOT NULL;

-- case: alter-domain-set-default
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d SET DEFAULT 1;

-- case: alter-domain-drop-constraint
CREATE DOMAIN d AS int CONSTRAINT c CHECK (value > 0);
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d DROP CONSTRAINT c;

-- case: alter-domain-rename
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d RENAME TO e;

-- case: alter-domain-rename-constraint
CREATE DOMAIN d AS int CONSTRAINT c CHECK (value > 0);
CREATE TABLE t (x d);
-- statement:
ALTER DOMAIN d RENAME CONSTRAINT c TO c2;

-- case: alter-domain-over-domain-add-check
CREATE DOMAIN d AS int;
CREATE DOMAIN e AS d;
CREATE TABLE t (x e);
-- statement:
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);

-- case: alter-domain-array-user-add-check
-- fails: a column of an array of the domain uses it
CREATE DOMAIN d AS int;
CREATE TABLE t (x d[]);
-- statement:
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);

-- case: alter-domain-partitioned-add-check
CREATE DOMAIN d AS int;
CREATE TABLE t (id int, x d) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);

-- case: alter-domain-view-user-add-check
CREATE DOMAIN d AS int;
CREATE TABLE t (x d);
CREATE VIEW v AS SELECT x FROM t;
-- statement:
ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);

-- case: comment-on-table
CREATE TABLE t (id int);
-- statement:
COMMENT ON TABLE t IS 'x';

-- case: comment-on-column
CREATE TABLE t (id int);
-- statement:
COMMENT ON COLUMN t.id IS 'x';

-- case: comment-on-constraint
CREATE TABLE t (id int CONSTRAINT c CHECK (id > 0));
-- statement:
COMMENT ON CONSTRAINT c ON t IS 'x';

-- case: comment-on-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
COMMENT ON TRIGGER g ON t IS 'x';

-- case: comment-on-view
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
COMMENT ON VIEW v IS 'x';

-- case: comment-on-sequence
CREATE SEQUENCE s;
-- statement:
COMMENT ON SEQUENCE s IS 'x';

-- case: comment-on-policy
CREATE TABLE t (id int);
CREATE POLICY p ON t USING (true);
-- statement:
COMMENT ON POLICY p ON t IS 'x';

-- case: comment-on-type
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (x e);
-- statement:
COMMENT ON TYPE e IS 'x';

-- case: grant-table
CREATE TABLE t (id int);
-- statement:
GRANT SELECT ON t TO other_role;

-- case: grant-column
CREATE TABLE t (id int);
-- statement:
GRANT SELECT (id) ON t TO other_role;

-- case: grant-all-tables
CREATE TABLE t (id int);
-- statement:
GRANT SELECT ON ALL TABLES IN SCHEMA public TO other_role;

-- case: revoke-table
CREATE TABLE t (id int);
-- statement:
REVOKE ALL ON t FROM PUBLIC;

-- case: alter-default-privileges
CREATE TABLE t (id int);
-- statement:
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO other_role;

-- case: reassign-owned
-- differs: the catalog has no owners
CREATE TABLE t (id int);
ALTER TABLE t OWNER TO other_role;
-- statement:
REASSIGN OWNED BY other_role TO CURRENT_USER;

-- case: rename-schema
CREATE SCHEMA a;
CREATE TABLE a.t (id int);
-- statement:
ALTER SCHEMA a RENAME TO b;

-- case: rename-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TRIGGER g ON t RENAME TO g2;

-- case: rename-trigger-partitioned
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TRIGGER g ON t RENAME TO g2;

-- case: rename-policy
CREATE TABLE t (id int);
CREATE POLICY p ON t USING (true);
-- statement:
ALTER POLICY p ON t RENAME TO q;

-- case: alter-policy
CREATE TABLE t (id int);
CREATE POLICY p ON t USING (true);
-- statement:
ALTER POLICY p ON t USING (id > 0);

-- case: rename-rule
CREATE TABLE t (id int);
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- statement:
ALTER RULE r ON t RENAME TO q;

-- case: rename-function
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- statement:
ALTER FUNCTION f() RENAME TO g;

-- case: trigger-depends-on-extension
CREATE TABLE t (id int);
CREATE EXTENSION citext;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TRIGGER g ON t DEPENDS ON EXTENSION citext;

-- case: create-cast
CREATE TABLE t (id int);
CREATE TYPE e AS ENUM ('a');
-- statement:
CREATE CAST (e AS text) WITH INOUT;
