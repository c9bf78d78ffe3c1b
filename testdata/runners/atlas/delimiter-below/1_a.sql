-- A comment.
-- atlas:delimiter \n\n
SELECT seen('a'); SELECT seen('b');

SELECT seen('c');
