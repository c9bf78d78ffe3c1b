-- atlas:delimiter \n\n
CREATE FUNCTION f(text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN

  PERFORM seen($1);

END $$

SELECT length(

'x'), seen('a') -- a comment

, seen('b')

-- another

SELECT seen('c'); SELECT seen('d')
