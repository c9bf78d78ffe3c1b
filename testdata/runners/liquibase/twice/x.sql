--liquibase formatted sql

--changeset a:1
SELECT public.seen('1');
--changeset a:1
SELECT public.seen('2');
