--liquibase formatted sql

--changeset a:1 runInTransaction:false
BEGIN;
SELECT public.seen('1a');
SELECT public.seen('1b');
COMMIT;
SELECT public.seen('1c');
--rollback SELECT public.seen('r1');

--changeset a:2 runInTransaction:false
BEGIN TRANSACTION;
SELECT public.seen('2a');
SELECT public.seen('2b');
COMMIT;
SELECT public.seen('2c');
--rollback SELECT public.seen('r2');
