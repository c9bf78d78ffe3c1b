-- ALTER TABLE: the table as a whole.

-- case: rename-table
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t RENAME TO u;

-- case: rename-table-if-exists-absent
CREATE TABLE u (id int);
-- statement:
ALTER TABLE IF EXISTS t RENAME TO v;

-- case: set-schema
CREATE SCHEMA a;
CREATE TABLE t (id serial PRIMARY KEY);
-- statement:
ALTER TABLE t SET SCHEMA a;

-- case: owner-same
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t OWNER TO CURRENT_USER;

-- case: owner-other
CREATE TABLE t (id serial PRIMARY KEY);
-- statement:
ALTER TABLE t OWNER TO other_role;

-- case: cluster-on
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t CLUSTER ON t_pkey;

-- case: set-without-cluster
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t SET WITHOUT CLUSTER;

-- case: set-unlogged
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t SET UNLOGGED;

-- case: set-logged
CREATE UNLOGGED TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t SET LOGGED;

-- case: set-logged-already
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t SET LOGGED;

-- case: set-unlogged-already
CREATE UNLOGGED TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t SET UNLOGGED;

-- case: set-without-oids
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET WITHOUT OIDS;

-- case: set-access-method-same
-- servers: 15-
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET ACCESS METHOD heap;

-- case: set-access-method-other
-- servers: 15-
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t SET ACCESS METHOD heap_too;

-- case: set-access-method-default
-- servers: 17-
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET ACCESS METHOD DEFAULT;

-- case: set-tablespace
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t SET TABLESPACE other_space;

-- case: set-tablespace-same
CREATE TABLE t (id int) TABLESPACE other_space;
-- statement:
ALTER TABLE t SET TABLESPACE other_space;

-- case: set-tablespace-default-already
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET TABLESPACE pg_default;

-- case: set-tablespace-all
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE u (id int);
-- statement:
ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE other_space;

-- case: set-tablespace-all-partitioned
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE elsewhere (id int) TABLESPACE other_space;
CREATE UNLOGGED TABLE u (id int);
CREATE VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
-- statement:
ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE other_space;

-- case: set-tablespace-all-views
CREATE TABLE t (id int);
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
-- statement:
ALTER MATERIALIZED VIEW ALL IN TABLESPACE pg_default SET TABLESPACE other_space;

-- case: set-fillfactor
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET (fillfactor = 70);

-- case: set-autovacuum
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);

-- case: set-user-catalog-table
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET (user_catalog_table = true);

-- case: set-parallel-workers
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET (parallel_workers = 2);

-- case: set-toast-tuple-target
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET (toast_tuple_target = 1024);

-- case: set-vacuum-truncate
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET (vacuum_truncate = false);

-- case: set-mixed-options
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t SET (fillfactor = 70, user_catalog_table = true);

-- case: reset-fillfactor
CREATE TABLE t (id int) WITH (fillfactor = 70);
-- statement:
ALTER TABLE t RESET (fillfactor);

-- case: enable-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TABLE t ENABLE TRIGGER g;

-- case: enable-always-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TABLE t ENABLE ALWAYS TRIGGER g;

-- case: enable-replica-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TABLE t ENABLE REPLICA TRIGGER g;

-- case: disable-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TABLE t DISABLE TRIGGER g;

-- case: disable-trigger-all
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t DISABLE TRIGGER ALL;

-- case: enable-trigger-all
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ENABLE TRIGGER ALL;

-- case: disable-trigger-user
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t DISABLE TRIGGER USER;

-- case: enable-trigger-user
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ENABLE TRIGGER USER;

-- case: enable-rule
CREATE TABLE t (id int);
CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING;
-- statement:
ALTER TABLE t ENABLE RULE r;

-- case: enable-always-rule
CREATE TABLE t (id int);
CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING;
-- statement:
ALTER TABLE t ENABLE ALWAYS RULE r;

-- case: enable-replica-rule
CREATE TABLE t (id int);
CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING;
-- statement:
ALTER TABLE t ENABLE REPLICA RULE r;

-- case: disable-rule
CREATE TABLE t (id int);
CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING;
-- statement:
ALTER TABLE t DISABLE RULE r;

-- case: enable-row-security
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ENABLE ROW LEVEL SECURITY;

-- case: disable-row-security
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t DISABLE ROW LEVEL SECURITY;

-- case: force-row-security
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t FORCE ROW LEVEL SECURITY;

-- case: no-force-row-security
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t NO FORCE ROW LEVEL SECURITY;

-- case: replica-identity-full
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t REPLICA IDENTITY FULL;

-- case: replica-identity-index
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER TABLE t REPLICA IDENTITY USING INDEX t_pkey;

-- case: inherit
CREATE TABLE t (id int);
CREATE TABLE k (id int);
-- statement:
ALTER TABLE k INHERIT t;

-- case: no-inherit
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE k NO INHERIT t;

-- case: of-type
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (id int);
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t OF ct;

-- case: not-of-type
CREATE TYPE ct AS (id int);
CREATE TABLE t OF ct;
-- statement:
ALTER TABLE t NOT OF;

-- case: inherited-add-column
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
CREATE TABLE k2 () INHERITS (k);
-- statement:
ALTER TABLE t ADD COLUMN x float DEFAULT random();

-- case: inherited-only-set-default
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE ONLY t ALTER COLUMN id SET DEFAULT 1;

-- case: inherited-set-not-null
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ALTER COLUMN id SET NOT NULL;

-- case: inherited-add-check
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ADD CHECK (id > 0);

-- case: inherited-add-unique
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ADD UNIQUE (id);

-- case: inherited-alter-type
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ALTER COLUMN id TYPE bigint;

-- case: inherited-drop-column
CREATE TABLE t (id int, x int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t DROP COLUMN x;

-- case: inherited-rename-column
CREATE TABLE t (id int, x int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t RENAME COLUMN x TO y;

-- case: inherited-rename-table
CREATE TABLE t (id int, x int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t RENAME TO u;

-- case: inherited-validate
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT c;

-- case: inherited-set-storage
CREATE TABLE t (id text);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ALTER COLUMN id SET STORAGE PLAIN;

-- case: inherited-set-reloptions
CREATE TABLE t (id text);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t SET (fillfactor = 70);

-- case: inherited-enable-row-security
CREATE TABLE t (id text);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ENABLE ROW LEVEL SECURITY;

-- case: inherited-set-statistics
CREATE TABLE t (id text);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ALTER COLUMN id SET STATISTICS 10;

-- case: inherited-drop-constraint
CREATE TABLE t (id int CONSTRAINT c CHECK (id > 0));
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t DROP CONSTRAINT c;

-- case: inherited-rename-constraint
CREATE TABLE t (id int CONSTRAINT c CHECK (id > 0));
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t RENAME CONSTRAINT c TO d;

-- case: inherited-set-unlogged
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t SET UNLOGGED;

-- case: inherited-add-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int, p_id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p;

-- case: inherited-owner
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t OWNER TO other_role;

-- case: inherited-truncate
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
INSERT INTO t VALUES (1);
INSERT INTO k VALUES (1);
-- statement:
TRUNCATE t;

-- case: inherited-select
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
SELECT * FROM t;

-- case: inherited-update
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
UPDATE t SET id = 1;

-- case: inherited-add-identity
CREATE TABLE t (id int NOT NULL);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

-- case: foreign-table-add-column
CREATE EXTENSION file_fdw;
CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE t (id int) SERVER s OPTIONS (filename '/dev/null');
-- statement:
ALTER FOREIGN TABLE t ADD COLUMN x float DEFAULT random();

-- case: foreign-table-options
CREATE EXTENSION file_fdw;
CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE t (id int) SERVER s OPTIONS (filename '/dev/null');
-- statement:
ALTER FOREIGN TABLE t OPTIONS (ADD format 'csv');

-- case: foreign-table-column-options
CREATE EXTENSION file_fdw;
CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE t (id int) SERVER s OPTIONS (filename '/dev/null', format 'csv');
-- statement:
ALTER FOREIGN TABLE t ALTER COLUMN id OPTIONS (ADD force_not_null 'true');

-- case: foreign-table-drop
CREATE EXTENSION file_fdw;
CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE t (id int) SERVER s OPTIONS (filename '/dev/null');
-- statement:
DROP FOREIGN TABLE t;
