-- VACUUM, CLUSTER, ANALYZE, TRUNCATE, LOCK.

-- case: vacuum
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
VACUUM t;

-- case: vacuum-analyze
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
VACUUM (ANALYZE) t;

-- case: vacuum-freeze-verbose
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
VACUUM FREEZE t;

-- case: vacuum-two-tables
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE u (id int PRIMARY KEY);
-- statement:
VACUUM t, u;

-- case: vacuum-full
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
VACUUM FULL t;

-- case: vacuum-full-option
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
VACUUM (FULL) t;

-- case: vacuum-full-option-false
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
VACUUM (FULL false) t;

-- case: vacuum-partitioned
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
VACUUM t;

-- case: vacuum-inherited
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
VACUUM t;

-- case: vacuum-all
-- in block only: the whole database is too much to measure
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
VACUUM;

-- case: analyze
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ANALYZE t;

-- case: analyze-columns
CREATE TABLE t (id int PRIMARY KEY, x int);
-- statement:
ANALYZE t (x);

-- case: analyze-inherited
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE k () INHERITS (t);
INSERT INTO k VALUES (1);
-- statement:
ANALYZE t;

-- case: analyze-all
-- differs: tables of the whole database are not listed
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ANALYZE;

-- case: cluster
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
CLUSTER t USING t_pkey;

-- case: cluster-again
CREATE TABLE t (id int PRIMARY KEY);
CLUSTER t USING t_pkey;
-- statement:
CLUSTER t;

-- case: cluster-all
CREATE TABLE u (id int PRIMARY KEY);
-- statement:
CLUSTER;

-- case: cluster-partitioned
-- servers: 15-
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON t (id);
-- statement:
CLUSTER t USING i;

-- case: truncate
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
-- statement:
TRUNCATE t;

-- case: truncate-restart-identity
CREATE TABLE t (id serial PRIMARY KEY);
INSERT INTO t VALUES (DEFAULT);
-- statement:
TRUNCATE TABLE t RESTART IDENTITY;

-- case: truncate-two
CREATE TABLE t (id int);
CREATE TABLE u (id int);
INSERT INTO t VALUES (1);
INSERT INTO u VALUES (1);
-- statement:
TRUNCATE t, u;

-- case: truncate-referenced
-- fails: a foreign key references it
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
TRUNCATE t;

-- case: truncate-cascade
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, t_id int REFERENCES t);
CREATE TABLE d (c_id int REFERENCES c);
INSERT INTO t VALUES (1);
INSERT INTO c VALUES (1, 1);
INSERT INTO d VALUES (1);
-- statement:
TRUNCATE t CASCADE;

-- case: truncate-only
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
INSERT INTO t VALUES (1);
INSERT INTO k VALUES (1);
-- statement:
TRUNCATE ONLY t;

-- case: truncate-referencing
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int REFERENCES p);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
TRUNCATE t;

-- case: lock-table
CREATE TABLE t (id int);
-- statement:
LOCK TABLE t;

-- case: lock-table-access-share
CREATE TABLE t (id int);
-- statement:
LOCK TABLE t IN ACCESS SHARE MODE;

-- case: lock-table-row-share
CREATE TABLE t (id int);
-- statement:
LOCK TABLE t IN ROW SHARE MODE;

-- case: lock-table-row-exclusive
CREATE TABLE t (id int);
-- statement:
LOCK TABLE t IN ROW EXCLUSIVE MODE;

-- case: lock-table-share-update-exclusive
CREATE TABLE t (id int);
-- statement:
LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE;

-- case: lock-table-share
CREATE TABLE t (id int);
-- statement:
LOCK TABLE t IN SHARE MODE;

-- case: lock-table-share-row-exclusive
CREATE TABLE t (id int);
-- statement:
LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE;

-- case: lock-table-exclusive
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
LOCK TABLE t, u IN EXCLUSIVE MODE NOWAIT;

-- case: lock-view
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
LOCK TABLE v IN EXCLUSIVE MODE;

-- case: checkpoint
CREATE TABLE t (id int);
-- statement:
CHECKPOINT;

-- case: create-database
-- in block only: databases are not part of the case
CREATE TABLE t (id int);
-- statement:
CREATE DATABASE premortem_other;

-- case: drop-database
-- in block only: databases are not part of the case
CREATE TABLE t (id int);
-- statement:
DROP DATABASE IF EXISTS premortem_other;

-- case: alter-database-tablespace
-- in block only: databases are not part of the case
CREATE TABLE t (id int);
-- statement:
ALTER DATABASE premortem_other SET TABLESPACE other_space;

-- case: alter-database-set
CREATE TABLE t (id int);
-- statement:
ALTER DATABASE premortem_locks SET work_mem = '4MB';

-- case: create-tablespace
-- in block only: tablespaces are not part of the case
CREATE TABLE t (id int);
-- statement:
CREATE TABLESPACE third_space LOCATION '/nowhere';

-- case: drop-tablespace
-- in block only: tablespaces are not part of the case
CREATE TABLE t (id int);
-- statement:
DROP TABLESPACE third_space;

-- case: alter-system
-- in block only: settings of the server are not part of the case
CREATE TABLE t (id int);
-- statement:
ALTER SYSTEM SET work_mem = '4MB';

-- case: discard-all
CREATE TABLE t (id int);
-- statement:
DISCARD ALL;

-- case: discard-plans
CREATE TABLE t (id int);
-- statement:
DISCARD PLANS;

-- case: create-subscription
-- in block only: there is no publisher
CREATE TABLE t (id int);
-- statement:
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p;

-- case: create-subscription-no-slot
CREATE TABLE t (id int);
-- statement:
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);

-- case: drop-subscription
-- in block only: there is no publisher
CREATE TABLE t (id int);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
-- statement:
DROP SUBSCRIPTION s;

-- case: drop-subscription-no-slot
CREATE TABLE t (id int);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
-- statement:
DROP SUBSCRIPTION s;

-- case: alter-subscription-refresh
-- fails: the subscription is disabled
CREATE TABLE t (id int);
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
-- statement:
ALTER SUBSCRIPTION s REFRESH PUBLICATION;
