-- CREATE of relations.

-- case: create-table
CREATE TABLE u (id int);
-- statement:
CREATE TABLE t (id int PRIMARY KEY);

-- case: create-table-references
CREATE TABLE p (id int PRIMARY KEY);
-- statement:
CREATE TABLE t (id int, p_id int REFERENCES p (id));

-- case: create-table-references-table-constraint
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE q (a int, b int, UNIQUE (a, b));
-- statement:
CREATE TABLE t (id int, p_id int, a int, b int, FOREIGN KEY (p_id) REFERENCES p, CONSTRAINT fq FOREIGN KEY (a, b) REFERENCES q (a, b));

-- case: create-table-references-self
CREATE TABLE u (id int);
-- statement:
CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t);

-- case: create-table-references-not-enforced
-- servers: 18-
CREATE TABLE p (id int PRIMARY KEY);
-- statement:
CREATE TABLE t (id int, p_id int REFERENCES p (id) NOT ENFORCED);

-- case: create-table-if-not-exists-present-references
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int);
-- statement:
CREATE TABLE IF NOT EXISTS t (id int, p_id int REFERENCES p (id));

-- case: create-table-like
CREATE TABLE p (id int PRIMARY KEY);
-- statement:
CREATE TABLE t (LIKE p INCLUDING ALL);

-- case: create-table-inherits
CREATE TABLE p (id int);
-- statement:
CREATE TABLE t (x int) INHERITS (p);

-- case: create-table-of-type
-- except: public.ct: a composite type has no rows
CREATE TYPE ct AS (a int);
-- statement:
CREATE TABLE t OF ct;

-- case: create-table-as
CREATE TABLE p (id int);
-- statement:
CREATE TABLE t AS SELECT * FROM p;

-- case: create-table-as-with-no-data
CREATE TABLE p (id int);
-- statement:
CREATE TABLE t AS SELECT * FROM p WITH NO DATA;

-- case: select-into
CREATE TABLE p (id int);
-- statement:
SELECT * INTO t FROM p;

-- case: create-temp-table-references
-- fails: a temporary table may reference temporary tables only
CREATE TABLE p (id int PRIMARY KEY);
-- statement:
CREATE TEMP TABLE t (p_id int REFERENCES p);

-- case: create-view
CREATE TABLE p (id int);
CREATE TABLE q (id int);
-- statement:
CREATE VIEW v AS SELECT p.id FROM p JOIN q USING (id);

-- case: create-or-replace-view-present
CREATE TABLE p (id int);
CREATE VIEW v AS SELECT id FROM p;
-- statement:
CREATE OR REPLACE VIEW v AS SELECT id FROM p WHERE id > 0;

-- case: create-or-replace-view-absent
CREATE TABLE p (id int);
-- statement:
CREATE OR REPLACE VIEW v AS SELECT id FROM p WHERE id > 0;

-- case: create-view-on-view
CREATE TABLE p (id int);
CREATE VIEW v AS SELECT id FROM p;
-- statement:
CREATE VIEW w AS SELECT id FROM v;

-- case: create-view-cte
CREATE TABLE p (id int);
CREATE TABLE q (id int);
-- statement:
CREATE VIEW v AS WITH p AS (SELECT id FROM q) SELECT id FROM p;

-- case: create-materialized-view
CREATE TABLE p (id int);
-- statement:
CREATE MATERIALIZED VIEW m AS SELECT id FROM p;

-- case: create-materialized-view-no-data
CREATE TABLE p (id int);
-- statement:
CREATE MATERIALIZED VIEW m AS SELECT id FROM p WITH NO DATA;

-- case: create-sequence
CREATE TABLE t (id int);
-- statement:
CREATE SEQUENCE s;

-- case: create-sequence-owned-by
CREATE TABLE t (id int);
-- statement:
CREATE SEQUENCE s OWNED BY t.id;

-- case: create-trigger
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- statement:
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();

-- case: create-or-replace-trigger
-- servers: 14-
CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
-- statement:
CREATE OR REPLACE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();

-- case: create-constraint-trigger
CREATE TABLE t (id int);
CREATE TABLE p (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- statement:
CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM p FOR EACH ROW EXECUTE FUNCTION f();

-- case: create-view-trigger
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- statement:
CREATE TRIGGER g INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();

-- case: create-rule
CREATE TABLE t (id int);
-- statement:
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;

-- case: create-rule-with-action
CREATE TABLE t (id int);
CREATE TABLE log (id int);
-- statement:
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.id);

-- case: create-policy
CREATE TABLE t (id int);
-- statement:
CREATE POLICY p ON t USING (id > 0);

-- case: create-policy-with-subquery
CREATE TABLE t (id int);
CREATE TABLE q (id int);
-- statement:
CREATE POLICY p ON t USING (id IN (SELECT id FROM q));

-- case: create-publication-table
CREATE TABLE t (id int);
-- statement:
CREATE PUBLICATION p FOR TABLE t;

-- case: create-publication-all-tables
CREATE TABLE t (id int);
-- statement:
CREATE PUBLICATION p FOR ALL TABLES;

-- case: create-publication-schema
-- servers: 15-
CREATE TABLE t (id int);
-- statement:
CREATE PUBLICATION p FOR TABLES IN SCHEMA public;

-- case: create-publication-inherited
CREATE TABLE t (id int);
CREATE TABLE k () INHERITS (t);
-- statement:
CREATE PUBLICATION p FOR TABLE t;

-- case: create-publication-partitioned
-- servers: 13-
CREATE TABLE t (id int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
-- statement:
CREATE PUBLICATION p FOR TABLE t;

-- case: alter-publication-add-table
CREATE TABLE t (id int);
CREATE TABLE u (id int);
CREATE PUBLICATION p FOR TABLE u;
-- statement:
ALTER PUBLICATION p ADD TABLE t;

-- case: alter-publication-set-table
CREATE TABLE t (id int);
CREATE TABLE u (id int);
CREATE PUBLICATION p FOR TABLE u;
-- statement:
ALTER PUBLICATION p SET TABLE t;

-- case: alter-publication-drop-table
CREATE TABLE t (id int);
CREATE PUBLICATION p FOR TABLE t;
-- statement:
ALTER PUBLICATION p DROP TABLE t;

-- case: drop-publication
CREATE TABLE t (id int);
CREATE PUBLICATION p FOR TABLE t;
-- statement:
DROP PUBLICATION p;

-- case: create-function
-- except: public.t: the body is text
CREATE TABLE t (id int);
-- statement:
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';

-- case: create-function-atomic
-- servers: 14-
CREATE TABLE t (id int);
-- statement:
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END;

-- case: create-schema
CREATE TABLE t (id int);
-- statement:
CREATE SCHEMA a;

-- case: create-schema-elements
CREATE TABLE p (id int PRIMARY KEY);
-- statement:
CREATE SCHEMA a CREATE TABLE t (p_id int REFERENCES public.p);

-- case: create-domain
CREATE TABLE t (id int);
-- statement:
CREATE DOMAIN d AS int CHECK (value > 0);

-- case: create-type
CREATE TABLE t (id int);
-- statement:
CREATE TYPE e AS ENUM ('a');

-- case: create-extension
CREATE TABLE t (id int);
-- statement:
CREATE EXTENSION citext;
