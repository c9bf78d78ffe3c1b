--liquibase formatted sql

--changeset a:1
CREATE TABLE t (a int);
CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT public.seen('1'); SELECT public.seen('2'));
