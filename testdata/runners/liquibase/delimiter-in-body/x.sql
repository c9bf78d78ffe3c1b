--liquibase formatted sql

--changeset a:1 endDelimiter:@@
DO $$ BEGIN PERFORM public.seen('1 @@');
/* @@ */
PERFORM 1; END $$ @@
--rollback SELECT public.seen('r1');

--changeset a:2 endDelimiter:@@
DO $$ BEGIN IF true THEN PERFORM public.seen('2'); END IF; @@ END $$ @@
