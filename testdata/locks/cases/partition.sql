-- Partitions.

-- case: create-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);

-- case: create-partition-with-default
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);

-- case: create-partition-with-default-excluded
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT;
ALTER TABLE td ADD CHECK (id IS NOT NULL AND id >= 100);
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);

-- case: create-partition-with-default-excluded-by-or
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT;
ALTER TABLE td ADD CHECK (id IS NULL OR id < 10 OR id >= 20);
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);

-- case: create-partition-with-default-excluded-by-not
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT;
ALTER TABLE td ADD CHECK (NOT (id IS NOT NULL AND id >= 10 AND id < 20));
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);

-- case: create-partition-with-default-excluded-without-null
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT;
ALTER TABLE td ADD CHECK (id >= 100);
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);

-- case: create-partition-with-default-excluded-list
CREATE TABLE t (k text) PARTITION BY LIST (k);
CREATE TABLE td PARTITION OF t DEFAULT;
ALTER TABLE td ADD CHECK (k IS NOT NULL AND k <> 'a');
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES IN ('a');

-- case: create-partition-with-default-excluded-list-in
CREATE TABLE t (k text) PARTITION BY LIST (k);
CREATE TABLE td PARTITION OF t DEFAULT;
ALTER TABLE td ADD CHECK (k NOT IN ('a', 'b'));
-- statement:
CREATE TABLE t2 PARTITION OF t FOR VALUES IN ('a');

-- case: create-partition-default
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE TABLE td PARTITION OF t DEFAULT;

-- case: create-partition-with-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int, p_id int REFERENCES p) PARTITION BY RANGE (id);
-- statement:
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);

-- case: create-partition-of-referenced
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);

-- case: create-partition-with-index
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE INDEX i ON t (x);
-- statement:
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);

-- case: create-partition-second-level
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
-- statement:
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);

-- case: create-partition-second-level-default
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT;
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t1d PARTITION OF t1 DEFAULT;
-- statement:
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);

-- case: create-partition-default-is-partitioned
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT PARTITION BY RANGE (id);
CREATE TABLE td1 PARTITION OF td FOR VALUES FROM (100) TO (200);
-- statement:
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);

-- case: create-partition-if-not-exists-present
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE TABLE IF NOT EXISTS t1 PARTITION OF t FOR VALUES FROM (0) TO (10);

-- case: create-partition-partitioned
CREATE TABLE t (id int) PARTITION BY RANGE (id);
-- statement:
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);

-- case: create-partition-hash
CREATE TABLE t (id int) PARTITION BY HASH (id);
-- statement:
CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);

-- case: attach-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int, CHECK (id IS NOT NULL AND id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved-not-null-column
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved-two-checks
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 0), CHECK (id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved-narrower
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id > 1 AND id <= 8));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved-between
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id BETWEEN 0 AND 9));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved-equal
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id = 5));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved-mirrored
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (0 <= id AND 10 > id));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-check-wider
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 0 AND id <= 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-check-without-not-null
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int, CHECK (id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-check-not-valid
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int);
ALTER TABLE t1 ADD CHECK (id IS NOT NULL AND id >= 0 AND id < 10) NOT VALID;
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-check-lower-only
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 0));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-proved-maxvalue
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 100));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (100) TO (MAXVALUE);

-- case: attach-partition-proved-minvalue
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id < 0));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (MINVALUE) TO (0);

-- case: attach-partition-proved-date
CREATE TABLE t (d date NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE t1 (d date NOT NULL, CHECK (d >= '2024-01-01' AND d < '2024-02-01'));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- case: attach-partition-proved-date-cast
CREATE TABLE t (d date NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE t1 (d date NOT NULL, CHECK (d >= DATE '2024-01-01' AND d < '2024-02-01'::date));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- case: attach-partition-proved-date-narrower
CREATE TABLE t (d date NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE t1 (d date NOT NULL, CHECK (d >= '2024-01-05' AND d < '2024-01-20'));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- case: attach-partition-proved-timestamptz
SET TimeZone = 'UTC';
CREATE TABLE t (ts timestamptz NOT NULL) PARTITION BY RANGE (ts);
CREATE TABLE t1 (ts timestamptz NOT NULL, CHECK (ts >= '2024-01-01 00:00:00+00' AND ts < '2024-02-01 00:00:00+00'));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-02-01 00:00:00+00');

-- case: attach-partition-date-check-outside
CREATE TABLE t (d date NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE t1 (d date NOT NULL, CHECK (d >= '2024-01-01' AND d < '2024-03-01'));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- case: attach-partition-proved-list
CREATE TABLE t (k text) PARTITION BY LIST (k);
CREATE TABLE t1 (k text, CHECK (k IS NOT NULL AND k IN ('a', 'b')));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN ('a', 'b', 'c');

-- case: attach-partition-proved-list-equal
CREATE TABLE t (k text) PARTITION BY LIST (k);
CREATE TABLE t1 (k text NOT NULL, CHECK (k = 'a'));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN ('a');

-- case: attach-partition-proved-list-or
CREATE TABLE t (k text) PARTITION BY LIST (k);
CREATE TABLE t1 (k text NOT NULL, CHECK (k = 'a' OR k = 'b'));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN ('a', 'b');

-- case: attach-partition-list-check-without-not-null
CREATE TABLE t (k text) PARTITION BY LIST (k);
CREATE TABLE t1 (k text, CHECK (k IN ('a', 'b')));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN ('a', 'b');

-- case: attach-partition-list-check-wider
CREATE TABLE t (k text NOT NULL) PARTITION BY LIST (k);
CREATE TABLE t1 (k text NOT NULL, CHECK (k IN ('a', 'b', 'c')));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN ('a', 'b');

-- case: attach-partition-list-with-null
CREATE TABLE t (k text) PARTITION BY LIST (k);
CREATE TABLE t1 (k text, CHECK (k = 'a'));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN ('a', NULL);

-- case: attach-partition-proved-list-int
CREATE TABLE t (k int NOT NULL) PARTITION BY LIST (k);
CREATE TABLE t1 (k int NOT NULL, CHECK (k IN (1, 2)));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN (1, 2);

-- case: attach-partition-two-columns
CREATE TABLE t (a int NOT NULL, b int NOT NULL) PARTITION BY RANGE (a, b);
CREATE TABLE t1 (a int NOT NULL, b int NOT NULL, CHECK (a >= 0 AND a < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0, 0) TO (10, 0);

-- case: attach-partition-hash
CREATE TABLE t (id int) PARTITION BY HASH (id);
CREATE TABLE t1 (id int);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);

-- case: attach-partition-with-default
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT;
CREATE TABLE t1 (id int);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-with-default-both-proved
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE td PARTITION OF t DEFAULT;
ALTER TABLE td ADD CHECK (id >= 100);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-default-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE td (id int);
-- statement:
ALTER TABLE t ATTACH PARTITION td DEFAULT;

-- case: attach-default-partition-alone
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE td (id int);
-- statement:
ALTER TABLE t ATTACH PARTITION td DEFAULT;

-- case: attach-partition-builds-index
CREATE TABLE t (id int NOT NULL, x int) PARTITION BY RANGE (id);
CREATE INDEX i ON t (x);
CREATE TABLE t1 (id int NOT NULL, x int, CHECK (id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-has-index
CREATE TABLE t (id int NOT NULL, x int) PARTITION BY RANGE (id);
CREATE INDEX i ON t (x);
CREATE TABLE t1 (id int NOT NULL, x int, CHECK (id >= 0 AND id < 10));
CREATE INDEX i1 ON t1 (x);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-primary-key-missing
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-unique-index-is-no-constraint
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, CHECK (id >= 0 AND id < 10));
CREATE UNIQUE INDEX i1 ON t1 (id);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-primary-key-present
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int PRIMARY KEY, CHECK (id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int NOT NULL, p_id int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, p_id int, CHECK (id >= 0 AND id < 10));
INSERT INTO t1 VALUES (1, 1);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-foreign-key-present
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int NOT NULL, p_id int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int NOT NULL, p_id int REFERENCES p, CHECK (id >= 0 AND id < 10));
INSERT INTO t1 VALUES (1, 1);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-of-referenced
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE c (t_id int REFERENCES t);
CREATE TABLE t1 (id int PRIMARY KEY, CHECK (id >= 0 AND id < 10));
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partitioned-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 (id int) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
-- statement:
ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10);

-- case: attach-partition-second-level
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 (id int);
-- statement:
ALTER TABLE t1 ATTACH PARTITION t11 FOR VALUES FROM (0) TO (5);

-- case: attach-partition-second-level-proved
CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 (id int NOT NULL, CHECK (id >= 0 AND id < 5));
-- statement:
ALTER TABLE t1 ATTACH PARTITION t11 FOR VALUES FROM (0) TO (5);

-- case: attach-partition-second-level-other-key
CREATE TABLE t (id int NOT NULL, k text NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY LIST (k);
CREATE TABLE t11 (id int NOT NULL, k text NOT NULL, CHECK (k = 'a'));
-- statement:
ALTER TABLE t1 ATTACH PARTITION t11 FOR VALUES IN ('a');

-- case: detach-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
-- statement:
ALTER TABLE t DETACH PARTITION t1;

-- case: detach-partition-with-default
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
ALTER TABLE t DETACH PARTITION t1;

-- case: detach-partition-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int, p_id int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t DETACH PARTITION t1;

-- case: detach-partition-of-referenced
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
ALTER TABLE t DETACH PARTITION t1;

-- case: detach-partitioned-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
-- statement:
ALTER TABLE t DETACH PARTITION t1;

-- case: detach-partition-concurrently
-- servers: 14-
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY;

-- case: detach-partition-concurrently-foreign-key
-- servers: 14-
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int, p_id int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY;

-- case: detach-partition-concurrently-of-referenced
-- servers: 14-
-- differs: the record has no scans of a statement that commits on its way
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
INSERT INTO t VALUES (1), (11);
CREATE TABLE c (t_id int REFERENCES t);
INSERT INTO c VALUES (11);
-- statement:
ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY;

-- case: detach-partition-concurrently-with-default
-- servers: 14-
-- fails: not supported with a default partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY;

-- case: drop-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
DROP TABLE t1;

-- case: drop-partition-with-default
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
DROP TABLE t1;

-- case: drop-default-partition
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
DROP TABLE td;

-- case: drop-partition-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int, p_id int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
DROP TABLE t1;

-- case: drop-partition-second-level
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
-- statement:
DROP TABLE t11;

-- case: drop-partitioned-table
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
DROP TABLE t;

-- case: partitioned-add-column
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
ALTER TABLE t ADD COLUMN x int;

-- case: partitioned-add-column-volatile
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ADD COLUMN x float DEFAULT random();

-- case: partitioned-drop-column
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t DROP COLUMN x;

-- case: partitioned-set-not-null
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ALTER COLUMN x SET NOT NULL;

-- case: partitioned-set-not-null-proved
CREATE TABLE t (id int, x int, CHECK (x IS NOT NULL)) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ALTER COLUMN x SET NOT NULL;

-- case: partitioned-set-not-null-proved-on-partition
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
ALTER TABLE t1 ALTER COLUMN x SET NOT NULL;
-- statement:
ALTER TABLE t ALTER COLUMN x SET NOT NULL;

-- case: partitioned-add-check
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ADD CHECK (x > 0);

-- case: partitioned-add-check-not-valid
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ADD CHECK (x > 0) NOT VALID;

-- case: partitioned-validate-check
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
ALTER TABLE t ADD CONSTRAINT c CHECK (x > 0) NOT VALID;
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT c;

-- case: partitioned-add-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int, p_id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1, 1);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p;

-- case: partitioned-add-foreign-key-present
-- servers: 14-
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int, p_id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
INSERT INTO t VALUES (1, 1), (11, 1);
ALTER TABLE t1 ADD FOREIGN KEY (p_id) REFERENCES p;
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p;

-- case: partitioned-add-foreign-key-present-other-action
-- servers: 14-
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int, p_id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1, 1);
ALTER TABLE t1 ADD FOREIGN KEY (p_id) REFERENCES p;
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p ON DELETE CASCADE;

-- case: partitioned-add-foreign-key-present-not-valid
-- servers: 14-
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int, p_id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1, 1);
ALTER TABLE t1 ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID;
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p;

-- case: partitioned-add-unique-present
-- servers: 14-
CREATE TABLE t (id int, v int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
INSERT INTO t VALUES (1, 1), (11, 1);
CREATE UNIQUE INDEX t1_key ON t1 (id);
ALTER TABLE t1 ADD CONSTRAINT t1_key UNIQUE USING INDEX t1_key;
CREATE UNIQUE INDEX t2_key ON t2 (id);
-- statement:
ALTER TABLE t ADD UNIQUE (id);

-- case: partitioned-add-primary-key-present
-- servers: 14-
CREATE TABLE t (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
INSERT INTO t VALUES (1, 1), (11, 1);
ALTER TABLE t1 ADD PRIMARY KEY (id);
ALTER TABLE t2 ADD UNIQUE (id);
-- statement:
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: partitioned-add-primary-key-present-nullable
-- servers: 14-
CREATE TABLE t (id int, v int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
INSERT INTO t VALUES (1, 1), (11, 1);
ALTER TABLE t1 ADD PRIMARY KEY (id);
ALTER TABLE t2 ADD UNIQUE (id);
-- statement:
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: partitioned-add-foreign-key-not-valid
-- servers: 18-
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int, p_id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1, 1);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID;

-- case: partitioned-add-foreign-key-not-valid-old
-- servers: -17
-- fails: not supported before 18
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int, p_id int) PARTITION BY RANGE (id);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID;

-- case: partitioned-validate-foreign-key
-- servers: 18-
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p VALUES (1);
CREATE TABLE t (id int, p_id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1, 1);
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p NOT VALID;
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT fk;

-- case: partitioned-referenced-foreign-key
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1);
CREATE TABLE c (t_id int);
INSERT INTO c VALUES (1);
-- statement:
ALTER TABLE c ADD FOREIGN KEY (t_id) REFERENCES t;

-- case: partitioned-referenced-foreign-key-drop
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE c (t_id int CONSTRAINT fk REFERENCES t);
-- statement:
ALTER TABLE c DROP CONSTRAINT fk;

-- case: partitioned-referenced-drop-table
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE c (t_id int CONSTRAINT fk REFERENCES t);
-- statement:
DROP TABLE c;

-- case: partitioned-referenced-create-table
CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE TABLE c (t_id int REFERENCES t);

-- case: partitioned-add-unique
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ADD UNIQUE (id);

-- case: partitioned-add-primary-key
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: partitioned-drop-constraint
CREATE TABLE t (id int, x int, CONSTRAINT c CHECK (x > 0)) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t DROP CONSTRAINT c;

-- case: partitioned-drop-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int, p_id int CONSTRAINT fk REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t DROP CONSTRAINT fk;

-- case: partitioned-set-default
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ALTER COLUMN x SET DEFAULT 1;

-- case: partitioned-set-default-only
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE ONLY t ALTER COLUMN x SET DEFAULT 1;

-- case: partitioned-rename-column
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t RENAME COLUMN x TO y;

-- case: partitioned-rename-table
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t RENAME TO u;

-- case: partitioned-owner
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t OWNER TO other_role;

-- case: partitioned-replica-identity
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t REPLICA IDENTITY FULL;

-- case: partitioned-enable-row-security
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ENABLE ROW LEVEL SECURITY;

-- case: partitioned-create-trigger
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- statement:
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();

-- case: partitioned-create-statement-trigger
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- statement:
CREATE TRIGGER g AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION f();

-- case: partitioned-drop-trigger
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
DROP TRIGGER g ON t;

-- case: partitioned-disable-trigger
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TABLE t DISABLE TRIGGER g;

-- case: partitioned-create-policy
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE POLICY p ON t USING (true);

-- case: partitioned-truncate
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1, 1);
-- statement:
TRUNCATE t;

-- case: partitioned-lock
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
LOCK TABLE t IN SHARE MODE;

-- case: partitioned-lock-only
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
LOCK TABLE ONLY t IN SHARE MODE;

-- case: partitioned-analyze
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ANALYZE t;

-- case: partitioned-analyze-only
-- differs: the grammar of PostgreSQL 17 does not read it
-- servers: 18-
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ANALYZE ONLY t;

-- case: partitioned-comment
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
COMMENT ON TABLE t IS 'x';

-- case: partitioned-set-statistics
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ALTER COLUMN x SET STATISTICS 10;

-- case: partitioned-add-identity
-- servers: 17-
CREATE TABLE t (id int NOT NULL, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

-- case: partitioned-set-access-method
-- servers: 17-
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t SET ACCESS METHOD heap_too;

-- case: partitioned-set-tablespace
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t SET TABLESPACE other_space;

-- case: partitioned-create-statistics
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE STATISTICS s ON id, x FROM t;

-- case: partitioned-three-levels-add-check
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5) PARTITION BY RANGE (id);
CREATE TABLE t111 PARTITION OF t11 FOR VALUES FROM (0) TO (2);
-- statement:
ALTER TABLE t ADD CHECK (id >= 0);

-- case: partition-add-check
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t1 ADD CHECK (id >= 0);

-- case: partition-rename
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
ALTER TABLE t1 RENAME TO t9;

-- case: partition-truncate
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1);
-- statement:
TRUNCATE t1;

-- case: detach-partition-finalize
-- servers: 14-
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 't1'::regclass;
-- statement:
ALTER TABLE t DETACH PARTITION t1 FINALIZE;

-- case: create-index-two-levels-with-default
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE t1d PARTITION OF t1 DEFAULT;
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
CREATE INDEX i ON t (x);

-- case: set-not-null-two-levels-with-default
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE t1d PARTITION OF t1 DEFAULT;
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
ALTER TABLE t ALTER COLUMN x SET NOT NULL;

-- case: type-rewrite-two-levels-with-default
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE t1d PARTITION OF t1 DEFAULT;
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint;

-- case: detach-partition-two-levels-with-default
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE t1d PARTITION OF t1 DEFAULT;
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
ALTER TABLE t DETACH PARTITION t1;

-- case: truncate-two-levels-with-default
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE t1d PARTITION OF t1 DEFAULT;
CREATE TABLE td PARTITION OF t DEFAULT;
INSERT INTO t VALUES (1, 1), (7, 1), (30, 1);
-- statement:
TRUNCATE t;

-- case: drop-table-two-levels-with-default
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES FROM (0) TO (5);
CREATE TABLE t1d PARTITION OF t1 DEFAULT;
CREATE TABLE td PARTITION OF t DEFAULT;
-- statement:
DROP TABLE t;
