--liquibase formatted sql

--changeset a:1
SELECT public.seen('first of all');
--rollback SELECT public.seen('r1');
