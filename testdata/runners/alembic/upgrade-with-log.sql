INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.
INFO  [alembic.runtime.migration] Generating static SQL
INFO  [alembic.runtime.migration] Will assume transactional DDL.
BEGIN;

INFO  [alembic.runtime.migration] Running upgrade b2 -> d4, another branch
-- Running upgrade b2 -> d4

COMMENT ON TABLE users IS 'COMMIT;
-- Running upgrade x -> y';

SELECT public.seen('d4');

DO $$
BEGIN
  PERFORM public.seen('d4 in a block');
END
$$;

UPDATE alembic_version SET version_num='d4' WHERE alembic_version.version_num = 'b2';

COMMIT;

