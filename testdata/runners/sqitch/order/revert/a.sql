DROP TABLE t;
SELECT seen('not a');
