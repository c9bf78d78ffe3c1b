BEGIN;
--
-- Raw SQL operation
--
SET lock_timeout = '5s';
--
-- Raw SQL operation
--
CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1;
  PERFORM 2;
END
$$;
--
-- Raw SQL operation
--
CREATE INDEX i
  ON t (a) -- the hot one
;
--
-- Raw SQL operation
--
DO $$ BEGIN PERFORM 1; END $$;
--
-- Raw SQL operation
--
SELECT 'a;b' /* c; */;
--
-- Raw SQL operation
--
COMMENT ON TABLE t IS 'at 12:30 :a, :b: and ::c, and \d "x"';
--
-- Raw SQL operation
--
SELECT '{1,2}'::int[], (ARRAY[1, 2])[:1] AS "x";
--
-- Raw SQL operation
--
SELECT 1
  AS "x";
--
-- Raw SQL operation
--
SELECT '"""
\';
COMMIT;
--
-- Raw SQL operation
--
SET lock_timeout = '5s';
--
-- Raw SQL operation
--
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1;
  PERFORM 2;
END
$$;
--
-- Raw SQL operation
--
CREATE INDEX CONCURRENTLY i
  ON t (a) -- the hot one
;
--
-- Raw SQL operation
--
DO $$ BEGIN PERFORM 1; END $$;
--
-- Raw SQL operation
--
SELECT 'a;b' /* c; */;
--
-- Raw SQL operation
--
COMMENT ON TABLE t IS 'at 12:30 :a, :b: and ::c, and \d "x"';
--
-- Raw SQL operation
--
SELECT '{1,2}'::int[], (ARRAY[1, 2])[:1] AS "x";
--
-- Raw SQL operation
--
SELECT 1
  AS "x";
--
-- Raw SQL operation
--
SELECT '"""
\';
