\set x 1
CREATE TABLE t (a int);
CREATE INDEX CONCURRENTLY i ON t (a);
SELECT seen('a');
