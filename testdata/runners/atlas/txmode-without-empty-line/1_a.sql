-- atlas:txmode none
CREATE TABLE t (a int);
SELECT seen('a');
CREATE INDEX CONCURRENTLY i ON t (a);
