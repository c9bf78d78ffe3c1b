--liquibase formatted sql

--changeset a:1
SELECT public.seen('b of all');
--rollback SELECT public.seen('r3');
