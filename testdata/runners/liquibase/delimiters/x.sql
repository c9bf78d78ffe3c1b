--liquibase formatted sql

--changeset a:1 runInTransaction:false
SELECT public.seen('1a')
GO
SELECT public.seen('1b') -- GO
/
SELECT public.seen('1c'); SELECT public.seen('1d')
go SELECT public.seen('1e'), '
GO
/
'
/
--rollback empty

--changeset a:2 endDelimiter:/
SELECT public.seen('2a'), 4/2
/
SELECT public.seen('2b')
/
--rollback empty

--changeset a:3 endDelimiter:@@
SELECT public.seen('3a') @@ SELECT public.seen('3b@@')
@@
SELECT public.seen('3c')@@
--rollback empty

--changeset a:4 endDelimiter:GO
SELECT public.seen('4a')
go
SELECT public.seen('4b')
--rollback empty

--changeset a:5 context:test labels:x dbms:postgresql,h2
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:1 SELECT 1
SELECT public.seen('5')
--rollback SELECT public.seen('r5');

--changeset a:6 dbms:h2
SELECT public.seen('6')
