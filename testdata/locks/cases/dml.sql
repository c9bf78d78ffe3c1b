-- Data.

-- case: select
CREATE TABLE t (id int PRIMARY KEY);
-- statement:
SELECT * FROM t WHERE id = 1;

-- case: select-join-subquery
CREATE TABLE t (id int);
CREATE TABLE u (id int);
CREATE TABLE w (id int);
-- statement:
SELECT (SELECT max(id) FROM w) FROM t WHERE EXISTS (SELECT FROM u WHERE u.id = t.id);

-- case: select-union
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
SELECT id FROM t UNION ALL SELECT id FROM u;

-- case: select-from-view
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
-- statement:
SELECT * FROM w;

-- case: select-cte-shadows-table
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
WITH t AS (SELECT id FROM u) SELECT * FROM t;

-- case: select-cte-shadow-is-schema-qualified
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
WITH t AS (SELECT id FROM u) SELECT * FROM public.t;

-- case: select-recursive
CREATE TABLE t (id int, parent int);
-- statement:
WITH RECURSIVE r AS (SELECT id FROM t UNION SELECT t.id FROM t JOIN r ON t.parent = r.id) SELECT * FROM r;

-- case: select-for-update
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
SELECT * FROM t JOIN u USING (id) FOR UPDATE OF t;

-- case: select-for-update-all
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
SELECT * FROM t JOIN u USING (id) FOR UPDATE;

-- case: select-for-share
CREATE TABLE t (id int);
-- statement:
SELECT * FROM t FOR SHARE SKIP LOCKED;

-- case: select-for-update-subquery
CREATE TABLE t (id int);
-- statement:
SELECT * FROM (SELECT id FROM t) s FOR UPDATE;

-- case: insert
CREATE TABLE t (id int);
-- statement:
INSERT INTO t VALUES (1), (2);

-- case: insert-select
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
INSERT INTO t SELECT id FROM u;

-- case: insert-values-subquery
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
INSERT INTO t VALUES ((SELECT max(id) FROM u));

-- case: insert-on-conflict
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE TABLE u (id int);
-- statement:
INSERT INTO t VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET x = (SELECT max(id) FROM u);

-- case: insert-referencing
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (p_id int REFERENCES p);
-- statement:
INSERT INTO t VALUES (1);

-- case: insert-returning
CREATE TABLE t (id int);
-- statement:
INSERT INTO t VALUES (1) RETURNING id;

-- case: insert-partitioned
-- differs: a row locks the partition that it falls into only; Effects names all
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
-- statement:
INSERT INTO t VALUES (1);

-- case: insert-with-cte-delete
CREATE TABLE t (id int);
CREATE TABLE u (id int);
-- statement:
WITH d AS (DELETE FROM u RETURNING id) INSERT INTO t SELECT id FROM d;

-- case: insert-into-view
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
-- statement:
INSERT INTO v VALUES (1);

-- case: update
CREATE TABLE t (id int, x int);
INSERT INTO t VALUES (1, 1);
-- statement:
UPDATE t SET x = 2;

-- case: update-from
CREATE TABLE t (id int, x int);
CREATE TABLE u (id int);
-- statement:
UPDATE t SET x = 2 FROM u WHERE t.id = u.id;

-- case: update-referencing
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1), (2);
CREATE TABLE t (p_id int REFERENCES p, x int);
INSERT INTO t VALUES (1);
-- statement:
UPDATE t SET p_id = 2;

-- case: update-referencing-other-column
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1), (2);
CREATE TABLE t (p_id int REFERENCES p, x int);
INSERT INTO t VALUES (1, 1);
-- statement:
UPDATE t SET x = 2;

-- case: update-referenced-key
CREATE TABLE t (id int PRIMARY KEY, x int);
INSERT INTO t VALUES (1, 1);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
UPDATE t SET id = 2;

-- case: update-referenced-other-column
CREATE TABLE t (id int PRIMARY KEY, x int);
INSERT INTO t VALUES (1, 1);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
UPDATE t SET x = 2;

-- case: update-partitioned
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
UPDATE t SET x = 1;

-- case: delete
CREATE TABLE t (id int, x int);
-- statement:
DELETE FROM t;

-- case: delete-using
CREATE TABLE t (id int, x int);
CREATE TABLE u (id int);
-- statement:
DELETE FROM t USING u WHERE t.id = u.id;

-- case: delete-referenced
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
DELETE FROM t;

-- case: delete-referenced-cascade
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
CREATE TABLE c (t_id int REFERENCES t ON DELETE CASCADE);
-- statement:
DELETE FROM t;

-- case: delete-referenced-set-null
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
CREATE TABLE c (t_id int REFERENCES t ON DELETE SET NULL);
INSERT INTO c VALUES (1);
-- statement:
DELETE FROM t;

-- case: delete-referenced-cascade-chain
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
CREATE TABLE c (id int PRIMARY KEY REFERENCES t ON DELETE CASCADE);
INSERT INTO c VALUES (1);
CREATE TABLE d (c_id int REFERENCES c ON DELETE CASCADE);
INSERT INTO d VALUES (1);
-- statement:
DELETE FROM t;

-- case: delete-referencing
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int REFERENCES p);
-- statement:
DELETE FROM t;

-- case: merge
-- servers: 15-
CREATE TABLE t (id int, x int);
CREATE TABLE u (id int);
-- statement:
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED THEN INSERT VALUES (u.id, 0);

-- case: merge-subquery
-- servers: 15-
CREATE TABLE t (id int, x int);
CREATE TABLE u (id int);
-- statement:
MERGE INTO t USING (SELECT id FROM u) s ON t.id = s.id WHEN MATCHED THEN DELETE;

-- case: copy-to-query
CREATE TABLE t (id int);
-- statement:
COPY (SELECT * FROM t) TO '/dev/null';

-- case: copy-to
-- except: public.t: PostgreSQL 12 lets the lock go with the end of the command
CREATE TABLE t (id int);
-- statement:
COPY t TO '/dev/null';

-- case: copy-from
CREATE TABLE t (id int);
-- statement:
COPY t FROM '/dev/null';

-- case: explain
CREATE TABLE t (id int);
-- statement:
EXPLAIN SELECT * FROM t;

-- case: explain-analyze-update
CREATE TABLE t (id int);
-- statement:
EXPLAIN ANALYZE UPDATE t SET id = 1;

-- case: prepare
CREATE TABLE t (id int);
-- statement:
PREPARE q AS SELECT * FROM t;

-- case: declare-cursor
CREATE TABLE t (id int);
-- statement:
DECLARE c CURSOR FOR SELECT * FROM t;

-- case: set
CREATE TABLE t (id int);
-- statement:
SET LOCAL lock_timeout = '1s';

-- case: notify
CREATE TABLE t (id int);
-- statement:
NOTIFY x;

-- case: do-block
-- differs: the body is text; what it does is not read
CREATE TABLE t (id int);
-- statement:
DO $$ BEGIN PERFORM 1 FROM t; END $$;
