-- ALTER COLUMN TYPE: arrays, domains, enums, collations, USING, and what hangs on the column.

-- case: type-xml-to-text
CREATE TABLE t (id int, x xml);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-timestamp-to-timestamptz-utc
SET TimeZone = 'UTC';
CREATE TABLE t (id int, x timestamp);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamptz-to-timestamp-utc
SET TimeZone = 'UTC';
CREATE TABLE t (id int, x timestamptz);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamp;

-- case: type-timestamp-to-timestamptz-utc-no-index
SET TimeZone = 'UTC';
CREATE TABLE t (id int, x timestamp);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamp-to-timestamptz-berlin
SET TimeZone = 'Europe/Berlin';
CREATE TABLE t (id int, x timestamp);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamp-to-timestamptz-gmt
SET TimeZone = 'GMT';
CREATE TABLE t (id int, x timestamp);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamp-to-timestamptz-etc-utc
SET TIME ZONE 'Etc/UTC';
CREATE TABLE t (id int, x timestamp);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamp-to-timestamptz-zero
SET TIME ZONE 0;
CREATE TABLE t (id int, x timestamp);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamp-to-timestamptz-unset
-- unknown: the session's TimeZone
CREATE TABLE t (id int, x timestamp);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamp3-to-timestamptz6-utc
SET TimeZone = 'UTC';
CREATE TABLE t (id int, x timestamp(3));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz(6);

-- case: type-timestamp-to-timestamptz3-utc
SET TimeZone = 'UTC';
CREATE TABLE t (id int, x timestamp);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz(3);

-- case: type-timestamp-using-at-time-zone
SET TimeZone = 'UTC';
CREATE TABLE t (id int, x timestamp);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz USING x AT TIME ZONE 'UTC';

-- case: type-array-varchar10-to-text
CREATE TABLE t (id int, x varchar(10)[]);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text[];

-- case: type-array-varchar-to-text
CREATE TABLE t (id int, x varchar[]);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text[];

-- case: type-array-text-to-varchar
CREATE TABLE t (id int, x text[]);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar[];

-- case: type-array-varchar10-to-varchar20
CREATE TABLE t (id int, x varchar(10)[]);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20)[];

-- case: type-array-varchar10-to-varchar
CREATE TABLE t (id int, x varchar(10)[]);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar[];

-- case: type-array-numeric-wider
CREATE TABLE t (id int, x numeric(8,2)[]);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric(10,2)[];

-- case: type-array-same
CREATE TABLE t (id int, x int[]);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE integer[][];

-- case: type-array-int4-to-int8
CREATE TABLE t (id int, x int[]);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint[];

-- case: type-base-to-domain-plain
CREATE DOMAIN d AS text;
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-base-to-domain-check
CREATE DOMAIN d AS text CHECK (value <> '');
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-base-to-domain-not-null
CREATE DOMAIN d AS text NOT NULL;
CREATE TABLE t (id int, x text);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-varchar-to-domain-text
CREATE DOMAIN d AS text;
CREATE TABLE t (id int, x varchar(20));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-varchar-to-domain-varchar-wider
CREATE DOMAIN d AS varchar(30);
CREATE TABLE t (id int, x varchar(20));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-varchar-to-domain-varchar-narrower
CREATE DOMAIN d AS varchar(10);
CREATE TABLE t (id int, x varchar(20));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-int-to-domain-bigint
CREATE DOMAIN d AS bigint;
CREATE TABLE t (id int, x int);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-domain-to-base
CREATE DOMAIN d AS text CHECK (value <> '');
CREATE TABLE t (id int, x d);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-domain-varchar-to-text
CREATE DOMAIN d AS varchar(10) CHECK (value <> '');
CREATE TABLE t (id int, x d);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-domain-varchar-to-varchar-wider
CREATE DOMAIN d AS varchar(10);
CREATE TABLE t (id int, x d);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-domain-to-domain
CREATE DOMAIN d AS text CHECK (value <> '');
CREATE DOMAIN e AS text;
CREATE TABLE t (id int, x d);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE e;

-- case: type-domain-same
CREATE DOMAIN d AS text CHECK (value <> '');
CREATE TABLE t (id int, x d);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE d;

-- case: type-domain-over-domain
CREATE DOMAIN d AS text CHECK (value <> '');
CREATE DOMAIN e AS d;
CREATE TABLE t (id int, x text);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE e;

-- case: type-enum-to-text
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (id int, x e);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-enum-to-enum
CREATE TYPE e AS ENUM ('a');
CREATE TYPE f AS ENUM ('a', 'b');
CREATE TABLE t (id int, x e);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE f USING x::text::f;

-- case: type-enum-same
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (id int, x e);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE e;

-- case: type-text-to-citext
CREATE EXTENSION citext;
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE citext;

-- case: type-citext-to-text
CREATE EXTENSION citext;
CREATE TABLE t (id int, x citext);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-varchar10-to-citext
CREATE EXTENSION citext;
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE citext;

-- case: type-collate
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
CREATE INDEX j ON t (id);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text COLLATE "POSIX";

-- case: type-collate-no-index
CREATE TABLE t (id int, x text);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text COLLATE "POSIX";

-- case: type-collate-same
CREATE TABLE t (id int, x text COLLATE "POSIX");
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text COLLATE "POSIX";

-- case: type-collate-lost
CREATE TABLE t (id int, x varchar(10) COLLATE "POSIX");
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-collate-explicit-index
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x COLLATE "POSIX");
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar;

-- case: type-using-same-cast
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING x::text;

-- case: type-using-cast-function-syntax
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING CAST(x AS text);

-- case: type-using-column
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING x;

-- case: type-using-parentheses
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING (x)::text;

-- case: type-using-qualified-column
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING t.x::text;

-- case: type-using-double-cast
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING x::varchar::text;

-- case: type-using-cast-through-other
CREATE TABLE t (id int, x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING x::bpchar::text;

-- case: type-using-other-column
CREATE TABLE t (id int, x text, y text);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING y;

-- case: type-using-function
CREATE TABLE t (id int, x text);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING lower(x);

-- case: type-using-constant
CREATE TABLE t (id int, x text);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text USING '';

-- case: type-using-cast-narrower
CREATE TABLE t (id int, x varchar(20));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(10) USING x::varchar(10);

-- case: type-expression-index
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (lower(x));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-expression-index-other-column
CREATE TABLE t (id int, x varchar(10), y text);
CREATE INDEX i ON t (lower(y));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-expression-index-unrelated-expression
CREATE TABLE t (id int, x varchar(10), y text);
CREATE INDEX i ON t (x, lower(y));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-partial-index
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (id) WHERE x IS NOT NULL;
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-partial-index-key
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (x) WHERE id > 0;
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-include-column
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (id) INCLUDE (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-include-column-other-type
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (id) INCLUDE (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-hash-index
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t USING hash (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-opclass-index
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (x varchar_pattern_ops);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-brin-index
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t USING brin (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-unique-constraint-kept
CREATE TABLE t (id int, x varchar(10) UNIQUE);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-exclusion-constraint
CREATE TABLE t (id int, x cidr, EXCLUDE USING gist (x inet_ops WITH &&));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE inet;

-- case: type-exclusion-constraint-btree
CREATE TABLE t (id int, x varchar(10), EXCLUDE USING btree (x WITH =));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-statistics-object
CREATE TABLE t (id int, x varchar(10));
CREATE STATISTICS st ON id, x FROM t;
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-check-constraint
CREATE TABLE t (id int, x varchar(10) CHECK (x <> ''));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-check-constraint-not-valid
CREATE TABLE t (id int, x varchar(10));
ALTER TABLE t ADD CONSTRAINT c CHECK (x <> '') NOT VALID;
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-check-constraint-other-column
CREATE TABLE t (id int CHECK (id > 0), x varchar(10));
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-not-null-column
CREATE TABLE t (id int, x varchar(10) NOT NULL);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-default
CREATE TABLE t (id int, x varchar(10) DEFAULT 'a');
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-primary-key-rewrite
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN id TYPE bigint;

-- case: type-identity
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY);
-- statement:
ALTER TABLE t ALTER COLUMN id TYPE bigint;

-- case: type-foreign-key-free
CREATE TABLE p (id varchar(10) PRIMARY KEY);
CREATE TABLE t (p_id varchar(10) REFERENCES p);
INSERT INTO p VALUES ('a');
INSERT INTO t VALUES ('a');
-- statement:
ALTER TABLE t ALTER COLUMN p_id TYPE varchar(20);

-- case: type-foreign-key-rewrite
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int REFERENCES p);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ALTER COLUMN p_id TYPE bigint;

-- case: type-foreign-key-not-valid
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID;
-- statement:
ALTER TABLE t ALTER COLUMN p_id TYPE bigint;

-- case: type-foreign-key-other-column
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (p_id int REFERENCES p, x int);
INSERT INTO p VALUES (1);
INSERT INTO t VALUES (1);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint;

-- case: type-referenced-rewrite
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (t_id int REFERENCES t);
INSERT INTO t VALUES (1);
INSERT INTO c VALUES (1);
-- statement:
ALTER TABLE t ALTER COLUMN id TYPE bigint;

-- case: type-referenced-free
CREATE TABLE t (id varchar(10) PRIMARY KEY);
CREATE TABLE c (t_id varchar(10) REFERENCES t);
INSERT INTO t VALUES ('a');
INSERT INTO c VALUES ('a');
-- statement:
ALTER TABLE t ALTER COLUMN id TYPE varchar(20);

-- case: type-referenced-other-column
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE TABLE c (t_id int REFERENCES t);
INSERT INTO t VALUES (1);
INSERT INTO c VALUES (1);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint;

-- case: type-view
-- fails: a view uses the column
CREATE TABLE t (id int, x varchar(10));
CREATE VIEW v AS SELECT x FROM t;
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-view-other-column
CREATE TABLE t (id int, x varchar(10));
CREATE VIEW v AS SELECT id FROM t;
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-trigger-of-column
-- fails: a trigger definition uses the column
CREATE TABLE t (id int, x varchar(10));
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE OF x ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-policy
-- fails: a policy definition uses the column
CREATE TABLE t (id int, x varchar(10));
CREATE POLICY p ON t USING (x = 'a');
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-generated-column
-- fails: a generated column uses the column
CREATE TABLE t (id int, x int, y int GENERATED ALWAYS AS (x * 2) STORED);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint;

-- case: type-of-generated-column
CREATE TABLE t (id int, x int GENERATED ALWAYS AS (id * 2) STORED);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint;

-- case: type-two-columns
CREATE TABLE t (id int, x varchar(10), y int);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text, ALTER COLUMN y TYPE bigint;

-- case: type-composite
CREATE TYPE ct AS (a int);
CREATE TYPE cu AS (a int);
CREATE TABLE t (id int, x ct);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE cu USING NULL;

-- case: type-partitioned-widen
CREATE TABLE t (id int, x varchar(10)) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-partitioned-rewrite
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE TABLE t2 PARTITION OF t DEFAULT;
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint;

-- case: type-partition-key
-- fails: the column is part of the partition key
CREATE TABLE t (id int, x int) PARTITION BY RANGE (id);
-- statement:
ALTER TABLE t ALTER COLUMN id TYPE bigint;

-- case: type-composite-attribute-cascade
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int, b text);
CREATE TABLE t OF ct;
-- statement:
ALTER TYPE ct ALTER ATTRIBUTE a TYPE bigint CASCADE;

-- case: type-composite-add-attribute-cascade
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int, b text);
CREATE TABLE t OF ct;
-- statement:
ALTER TYPE ct ADD ATTRIBUTE c int CASCADE;

-- case: type-composite-drop-attribute-cascade
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int, b text);
CREATE TABLE t OF ct;
-- statement:
ALTER TYPE ct DROP ATTRIBUTE b CASCADE;

-- case: type-composite-rename-attribute-cascade
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int, b text);
CREATE TABLE t OF ct;
-- statement:
ALTER TYPE ct RENAME ATTRIBUTE b TO c CASCADE;

-- case: type-composite-add-attribute-column-user
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int, b text);
CREATE TABLE t (x ct);
-- statement:
ALTER TYPE ct ADD ATTRIBUTE c int;

-- case: type-composite-alter-attribute-column-user
-- fails: a column uses the type
CREATE TYPE ct AS (a int, b text);
CREATE TABLE t (x ct);
-- statement:
ALTER TYPE ct ALTER ATTRIBUTE a TYPE bigint;
