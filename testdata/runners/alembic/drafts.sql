BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> a1

CREATE TABLE t (a int);

INSERT INTO alembic_version (version_num) VALUES ('a1') RETURNING alembic_version.version_num;

-- Running upgrade a1 -> b2

SET lock_timeout = '5s';

CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1;
  PERFORM 2;
END
$$;

CREATE INDEX i
  ON t (a) -- the hot one
;;

DO $$ BEGIN PERFORM 1; END $$;

SELECT 'a;b' /* c; */;

COMMENT ON TABLE t IS 'at 12:30 :a, :b: and ::c, and \d "x"';

SELECT '{1,2}'::int[], (ARRAY[1, 2])[:1] AS "x";

SELECT 1
  AS "x";

SELECT '"""
\';

UPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1';

-- Running upgrade b2 -> c3

COMMIT;

SET lock_timeout = '5s';

CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1;
  PERFORM 2;
END
$$;

CREATE INDEX CONCURRENTLY i
  ON t (a) -- the hot one
;;

DO $$ BEGIN PERFORM 1; END $$;

SELECT 'a;b' /* c; */;

COMMENT ON TABLE t IS 'at 12:30 :a, :b: and ::c, and \d "x"';

SELECT '{1,2}'::int[], (ARRAY[1, 2])[:1] AS "x";

SELECT 1
  AS "x";

SELECT '"""
\';

BEGIN;

UPDATE alembic_version SET version_num='c3' WHERE alembic_version.version_num = 'b2';

COMMIT;

