--liquibase formatted sql

--changeset a
SELECT public.seen('1');
