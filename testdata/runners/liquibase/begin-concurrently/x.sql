--liquibase formatted sql

--changeset a:1 runInTransaction:false
CREATE TABLE t (a int);
BEGIN;
SELECT public.seen('1');
COMMIT;
CREATE INDEX CONCURRENTLY i ON t (a);
--rollback SELECT public.seen('r1');
