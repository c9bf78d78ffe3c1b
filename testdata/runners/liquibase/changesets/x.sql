
-- Liquibase  formatted sql

SELECT public.seen('before the first');
-- changeset a:1
SELECT public.seen('1a');
SELECT public.seen('1b');
COMMIT;
SELECT public.seen('1c');
--rollback SELECT public.seen('r1a');
--rollback SELECT public.seen('r1b');

--changeset a:2 runInTransaction:false
SELECT public.seen('2a');
CREATE TABLE public.t (a int);
CREATE INDEX CONCURRENTLY i1 ON public.t (a);
SELECT public.seen('2b');
/* liquibase rollback
SELECT public.seen('r2a');
SELECT public.seen('r2b');
*/

--changeset "a b":"3 4" splitStatements:false
SELECT public.seen('3a');
SELECT public.seen('3b');
--rollback empty

--changeset a:4 splitStatements:false runInTransaction:FALSE
SELECT public.seen('4a');
SELECT public.seen('4b');
--rollback not required

--changeset a:5 endDelimiter:\n/\s*\n|\n/\s*$
SELECT public.seen('5a')
/
SELECT public.seen('5b')
/
--rollback SELECT public.seen('r5');

--changeset a:6
DO $$ BEGIN PERFORM public.seen('6'); PERFORM 1; END $$;
--rollback SELECT public.seen('r6');

--Changeset a:7 runintransaction:no
SELECT public.seen('7a');
SELECT public.seen('7b');
--rollback SELECT public.seen('r7');

--changeset a:8 dbms:mysql
SELECT public.seen('8');
--changeset a:9 ignore:true
SELECT public.seen('9');
--ignoreLines:1
SELECT public.seen('ignored');

--changeset a:10 dbms:!mysql
--ignoreLines:start
SELECT public.seen('ignored');
--ignoreLines:end
SELECT public.seen('10');
--rollback SELECT public.seen('r10');
