--liquibase formatted sql

--changeset a:1 runInTransaction:false
SELECT public.seen('1a');
SELECT public.seen('1b');
--rollback SELECT public.seen('r1');
