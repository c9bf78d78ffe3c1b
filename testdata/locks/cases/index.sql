-- Indexes.

-- case: create-index
CREATE TABLE t (id int);
-- statement:
CREATE INDEX i ON t (id);

-- case: create-unique-index
CREATE TABLE t (id int);
-- statement:
CREATE UNIQUE INDEX ON t (id);

-- case: create-index-expression-partial
CREATE TABLE t (id int, x text);
-- statement:
CREATE INDEX i ON t (lower(x)) WHERE id > 0;

-- case: create-index-gin
CREATE TABLE t (id int, x jsonb);
-- statement:
CREATE INDEX i ON t USING gin (x);

-- case: create-index-schema-qualified
CREATE SCHEMA a;
CREATE TABLE a.t (id int);
-- statement:
CREATE INDEX i ON a.t (id);

-- case: create-index-if-not-exists-present
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
CREATE INDEX IF NOT EXISTS i ON t (id);

-- case: create-index-if-not-exists-absent
CREATE TABLE t (id int);
-- statement:
CREATE INDEX IF NOT EXISTS i ON t (id);

-- case: create-index-concurrently
CREATE TABLE t (id int);
-- statement:
CREATE INDEX CONCURRENTLY i ON t (id);

-- case: create-index-concurrently-if-not-exists-present
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (id);

-- case: create-index-materialized-view
CREATE TABLE t (id int);
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
-- statement:
CREATE INDEX i ON m (id);

-- case: create-index-partitioned
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id);
CREATE TABLE t21 PARTITION OF t2 FOR VALUES FROM (10) TO (15);
-- statement:
CREATE INDEX i ON t (id);

-- case: create-index-partitioned-only
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE INDEX i ON ONLY t (id);

-- case: create-index-partitioned-child-has-it
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i1 ON t1 (id);
-- statement:
CREATE INDEX i ON t (id);

-- case: create-index-partitioned-one-child-has-it
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
CREATE INDEX i1 ON t1 (id);
-- statement:
CREATE INDEX i ON t (id);

-- case: create-index-partitioned-child-has-other
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i1 ON t1 (id DESC);
CREATE INDEX i2 ON t1 (id) WHERE x > 0;
CREATE UNIQUE INDEX i3 ON t1 (id);
-- statement:
CREATE INDEX i ON t (id);

-- case: create-index-partitioned-empty
-- unknown: the partitions of public.t
CREATE TABLE t (id int) PARTITION BY RANGE (id);
-- statement:
CREATE INDEX i ON t (id);

-- case: create-index-partitioned-concurrently
-- fails: not supported for partitioned tables
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE INDEX CONCURRENTLY i ON t (id);

-- case: create-index-inherited
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
CREATE INDEX i ON t (id);

-- case: drop-index
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
DROP INDEX i;

-- case: drop-index-two
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
CREATE TABLE u (id int);
CREATE INDEX j ON u (id);
-- statement:
DROP INDEX i, j;

-- case: drop-index-if-exists-absent
-- unknown: whether public.i exists
CREATE TABLE t (id int);
-- statement:
DROP INDEX IF EXISTS i;

-- case: drop-index-concurrently
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
DROP INDEX CONCURRENTLY i;

-- case: drop-index-concurrently-if-exists-absent
CREATE TABLE t (id int);
-- statement:
DROP INDEX CONCURRENTLY IF EXISTS i;

-- case: drop-index-partitioned
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON t (id);
-- statement:
DROP INDEX i;

-- case: drop-index-partitioned-concurrently
-- fails: cannot drop partitioned index concurrently
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE INDEX i ON t (id);
-- statement:
DROP INDEX CONCURRENTLY i;

-- case: drop-index-of-constraint
-- fails: a constraint requires the index
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
DROP INDEX t_pkey;

-- case: drop-index-cascade-foreign-key
CREATE TABLE t (id int);
CREATE UNIQUE INDEX i ON t (id);
CREATE TABLE c (t_id int REFERENCES t (id));
-- statement:
DROP INDEX i CASCADE;

-- case: reindex-table
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE INDEX i ON t (x);
-- statement:
REINDEX TABLE t;

-- case: reindex-index
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE INDEX i ON t (x);
-- statement:
REINDEX INDEX i;

-- case: reindex-table-no-index
CREATE TABLE t (id int);
-- statement:
REINDEX TABLE t;

-- case: reindex-table-concurrently
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE INDEX i ON t (x);
-- statement:
REINDEX TABLE CONCURRENTLY t;

-- case: reindex-index-concurrently
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE INDEX i ON t (x);
-- statement:
REINDEX INDEX CONCURRENTLY i;

-- case: reindex-option-concurrently
-- servers: 14-
CREATE TABLE t (id int PRIMARY KEY, x int);
-- statement:
REINDEX (CONCURRENTLY, VERBOSE) TABLE t;

-- case: reindex-option-concurrently-false
-- servers: 14-
CREATE TABLE t (id int PRIMARY KEY, x int);
-- statement:
REINDEX (CONCURRENTLY false) TABLE t;

-- case: reindex-option-tablespace
-- servers: 14-
CREATE TABLE t (id int PRIMARY KEY, x int);
-- statement:
REINDEX (TABLESPACE other_space) TABLE t;

-- case: reindex-partitioned-table
-- servers: 14-
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON t (id);
-- statement:
REINDEX TABLE t;

-- case: reindex-partitioned-index
-- servers: 14-
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON t (id);
-- statement:
REINDEX INDEX i;

-- case: reindex-partitioned-table-concurrently
-- differs: SHARE on the partitions is let go before the build, which Effects is about
-- servers: 14-
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON t (id);
-- statement:
REINDEX TABLE CONCURRENTLY t;

-- case: reindex-schema
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE TABLE u (id int PRIMARY KEY, x int);
-- statement:
REINDEX SCHEMA public;

-- case: reindex-schema-concurrently
CREATE TABLE t (id int PRIMARY KEY, x int);
-- statement:
REINDEX SCHEMA CONCURRENTLY public;

-- case: reindex-database
-- in block only: the whole database is too much to measure
CREATE TABLE t (id int PRIMARY KEY, x int);
-- statement:
REINDEX DATABASE premortem_locks;

-- case: reindex-system
-- in block only: the whole database is too much to measure
CREATE TABLE t (id int PRIMARY KEY, x int);
-- statement:
REINDEX SYSTEM premortem_locks;

-- case: rename-index
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
ALTER INDEX i RENAME TO j;

-- case: rename-index-of-constraint
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
ALTER INDEX t_pkey RENAME TO t_id_pkey;

-- case: rename-index-by-alter-table
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
ALTER TABLE i RENAME TO j;

-- case: alter-index-fillfactor
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
ALTER INDEX i SET (fillfactor = 70);

-- case: alter-index-gin-option
CREATE TABLE t (id int, x jsonb);
CREATE INDEX i ON t USING gin (x);
-- statement:
ALTER INDEX i SET (fastupdate = off);

-- case: alter-index-reset
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
ALTER INDEX i RESET (fillfactor);

-- case: alter-index-statistics
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (lower(x));
-- statement:
ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 500;

-- case: alter-index-tablespace
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
ALTER INDEX i SET TABLESPACE other_space;

-- case: alter-index-all-in-tablespace
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE other_space;

-- case: alter-index-all-in-tablespace-other
CREATE TABLE t (id int PRIMARY KEY USING INDEX TABLESPACE other_space, x int, y int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON t (x) TABLESPACE other_space;
CREATE INDEX moved ON t (y);
CREATE INDEX stays ON t (x, y);
ALTER INDEX moved SET TABLESPACE other_space;
-- statement:
ALTER INDEX ALL IN TABLESPACE other_space SET TABLESPACE pg_default;

-- case: alter-index-all-in-tablespace-twice
CREATE TABLE t (id int PRIMARY KEY);
ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE other_space;
CREATE INDEX stays ON t (id);
-- statement:
ALTER INDEX ALL IN TABLESPACE other_space SET TABLESPACE pg_default;

-- case: alter-index-attach-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON ONLY t (id);
CREATE INDEX i1 ON t1 (id);
-- statement:
ALTER INDEX i ATTACH PARTITION i1;

-- case: alter-index-depends-on-extension
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
CREATE EXTENSION citext;
-- statement:
ALTER INDEX i DEPENDS ON EXTENSION citext;

-- case: comment-on-index
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
-- statement:
COMMENT ON INDEX i IS 'x';

-- case: create-statistics
CREATE TABLE t (id int, x int);
-- statement:
CREATE STATISTICS s ON id, x FROM t;

-- case: create-statistics-if-not-exists-present
CREATE TABLE t (id int, x int);
CREATE STATISTICS s ON id, x FROM t;
-- statement:
CREATE STATISTICS IF NOT EXISTS s ON id, x FROM t;

-- case: drop-statistics
-- differs: the catalog has no extended statistics
CREATE TABLE t (id int, x int);
CREATE STATISTICS s ON id, x FROM t;
-- statement:
DROP STATISTICS s;

-- case: alter-statistics
-- servers: 13-
CREATE TABLE t (id int, x int);
CREATE STATISTICS s ON id, x FROM t;
-- statement:
ALTER STATISTICS s SET STATISTICS 100;
