-- pg: 14
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int);
CREATE VIEW v AS SELECT c FROM t;
ALTER TABLE t DROP COLUMN c; -- want "view public.v"
ALTER TABLE t DROP COLUMN a;
