--liquibase formatted sql

--changeset a:1
SELECT public.seen('1');
CREATE TABLE public.t (a int);
--changeset a:2
SELECT public.seen('2');
CREATE INDEX CONCURRENTLY i ON public.t (a);
--changeset a:3
SELECT public.seen('3');
