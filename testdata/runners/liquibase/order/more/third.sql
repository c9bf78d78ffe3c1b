--liquibase formatted sql

--changeset a:1
SELECT public.seen('included');
--rollback SELECT public.seen('r2');
