--liquibase formatted sql

--changeset a:1
SELECT public.seen('a of all');
--rollback SELECT public.seen('r4');
