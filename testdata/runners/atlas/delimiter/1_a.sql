-- atlas:delimiter \n\n

CREATE TABLE t (a int); SELECT seen('a'); SELECT seen('b')

SELECT seen('c')


SELECT seen('d');
