CREATE TABLE t (a int);
SELECT seen('a');
SELECT seen('b');
