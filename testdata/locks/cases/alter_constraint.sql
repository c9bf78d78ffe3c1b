-- ALTER TABLE: constraints.

-- case: add-check
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0);

-- case: add-check-not-valid
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;

-- case: add-check-no-inherit
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
ALTER TABLE t ADD CHECK (id > 0) NO INHERIT;

-- case: add-check-not-enforced
-- servers: 18-
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT ENFORCED;

-- case: add-unique
CREATE TABLE t (id int, x int);
-- statement:
ALTER TABLE t ADD CONSTRAINT u UNIQUE (x);

-- case: add-unique-using-index
CREATE TABLE t (id int, x int);
CREATE UNIQUE INDEX i ON t (x);
-- statement:
ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i;

-- case: add-unique-deferrable-using-index
CREATE TABLE t (id int, x int);
CREATE UNIQUE INDEX i ON t (x);
-- statement:
ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i DEFERRABLE INITIALLY DEFERRED;

-- case: add-unique-nulls-not-distinct
-- servers: 15-
CREATE TABLE t (id int, x int);
-- statement:
ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (x);

-- case: add-unique-without-overlaps
-- servers: 18-
CREATE EXTENSION btree_gist;
CREATE TABLE t (id int, during tstzrange);
-- statement:
ALTER TABLE t ADD CONSTRAINT u UNIQUE (id, during WITHOUT OVERLAPS);

-- case: add-primary-key
CREATE TABLE t (id int, x int);
-- statement:
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: add-primary-key-not-null
CREATE TABLE t (id int NOT NULL, x int);
-- statement:
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: add-primary-key-using-index-nullable
CREATE TABLE t (id int, x int);
CREATE UNIQUE INDEX i ON t (id);
-- statement:
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i;

-- case: add-primary-key-using-index-not-null
CREATE TABLE t (id int NOT NULL, x int);
CREATE UNIQUE INDEX i ON t (id);
-- statement:
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i;

-- case: add-primary-key-using-index-proved
CREATE TABLE t (id int, x int, CHECK (id IS NOT NULL));
CREATE UNIQUE INDEX i ON t (id);
-- statement:
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i;

-- case: add-primary-key-using-index-two-columns
CREATE TABLE t (id int NOT NULL, x int);
CREATE UNIQUE INDEX i ON t (id, x);
-- statement:
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i;

-- case: swap-primary-key
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE UNIQUE INDEX i ON t (id) INCLUDE (x);
-- statement:
ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i;

-- case: add-exclusion
CREATE TABLE t (id int, during tsrange);
-- statement:
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (during WITH &&);

-- case: add-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id);

-- case: add-foreign-key-not-valid
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p NOT VALID;

-- case: add-foreign-key-not-enforced
-- servers: 18-
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
-- statement:
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p NOT ENFORCED;

-- case: add-foreign-key-self
CREATE TABLE t (id int PRIMARY KEY, parent int);
INSERT INTO t VALUES (1, 1);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (parent) REFERENCES t (id);

-- case: add-foreign-key-self-not-valid
CREATE TABLE t (id int PRIMARY KEY, parent int);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (parent) REFERENCES t (id) NOT VALID;

-- case: add-foreign-key-other-schema
CREATE SCHEMA a;
CREATE TABLE a.p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
INSERT INTO a.p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES a.p (id);

-- case: add-two-foreign-keys
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE q (id int PRIMARY KEY);
CREATE TABLE t (p_id int, q_id int);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID, ADD FOREIGN KEY (q_id) REFERENCES q NOT VALID;

-- case: add-foreign-key-period
-- servers: 18-
CREATE EXTENSION btree_gist;
CREATE TABLE p (id int, during tstzrange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE t (p_id int, during tstzrange);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id, PERIOD during) REFERENCES p (id, PERIOD during) NOT VALID;

-- case: validate-check
CREATE TABLE t (id int);
ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT c;

-- case: validate-check-again
CREATE TABLE t (id int, CONSTRAINT c CHECK (id > 0));
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT c;

-- case: validate-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id) NOT VALID;
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT fk;

-- case: validate-foreign-key-again
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id));
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT fk;

-- case: validate-with-add-column
CREATE TABLE t (id int);
ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
-- statement:
ALTER TABLE t VALIDATE CONSTRAINT c, ADD COLUMN x int;

-- case: drop-constraint-check
CREATE TABLE t (id int, CONSTRAINT c CHECK (id > 0));
-- statement:
ALTER TABLE t DROP CONSTRAINT c;

-- case: drop-constraint-if-exists-absent
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t DROP CONSTRAINT IF EXISTS c;

-- case: drop-constraint-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int CONSTRAINT fk REFERENCES p);
-- statement:
ALTER TABLE t DROP CONSTRAINT fk;

-- case: drop-constraint-foreign-key-generated-name
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int REFERENCES p);
-- statement:
ALTER TABLE t DROP CONSTRAINT t_p_id_fkey;

-- case: drop-constraint-primary-key-cascade
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE;

-- case: drop-constraint-unique-cascade-other-referenced
CREATE TABLE t (id int PRIMARY KEY, x int UNIQUE);
CREATE TABLE c (t_id int REFERENCES t);
-- statement:
ALTER TABLE t DROP CONSTRAINT t_x_key CASCADE;

-- case: rename-constraint
CREATE TABLE t (id int, CONSTRAINT c CHECK (id > 0));
-- statement:
ALTER TABLE t RENAME CONSTRAINT c TO d;

-- case: rename-constraint-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int CONSTRAINT fk REFERENCES p);
-- statement:
ALTER TABLE t RENAME CONSTRAINT fk TO fk2;

-- case: alter-constraint-deferrable
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int CONSTRAINT fk REFERENCES p);
-- statement:
ALTER TABLE t ALTER CONSTRAINT fk DEFERRABLE INITIALLY DEFERRED;

-- case: alter-constraint-not-enforced
-- servers: 18-
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int CONSTRAINT fk REFERENCES p);
-- statement:
ALTER TABLE t ALTER CONSTRAINT fk NOT ENFORCED;

-- case: alter-constraint-enforced
-- servers: 18-
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int CONSTRAINT fk REFERENCES p NOT ENFORCED);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ALTER CONSTRAINT fk ENFORCED;

-- case: alter-constraint-no-inherit
-- servers: 18-
CREATE TABLE t (x int CONSTRAINT n NOT NULL);
-- statement:
ALTER TABLE t ALTER CONSTRAINT n NO INHERIT;

-- case: combined-foreign-key-and-statistics
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
-- statement:
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID, ALTER COLUMN p_id SET STATISTICS 100;

-- case: combined-add-column-and-check
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ADD COLUMN x int, ADD CONSTRAINT c CHECK (x > 0);

-- case: combined-add-column-and-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ADD COLUMN p_id int, ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p;

-- case: combined-add-column-and-not-null
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ADD COLUMN x int DEFAULT 1, ALTER COLUMN x SET NOT NULL;

-- case: combined-add-column-and-unique
CREATE TABLE t (id int);
-- statement:
ALTER TABLE t ADD COLUMN x int, ADD UNIQUE (x);

-- case: combined-not-null-and-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ALTER COLUMN p_id SET NOT NULL, ADD FOREIGN KEY (p_id) REFERENCES p;

-- case: combined-drop-and-add-foreign-key
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int CONSTRAINT fk REFERENCES p);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t DROP CONSTRAINT fk, ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p ON DELETE CASCADE;

-- case: combined-drop-two-columns
CREATE TABLE t (id int, x int, y int);
-- statement:
ALTER TABLE t DROP COLUMN x, DROP COLUMN y;
