from alembic import op

revision = "b2"
down_revision = "a1"


def upgrade():
    op.execute("SET lock_timeout = '5s'")
    op.execute("""CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1;
  PERFORM 2;
END
$$""")
    op.execute("""CREATE INDEX i
  ON t (a) -- the hot one
;""")
    op.execute("DO $$ BEGIN PERFORM 1; END $$")
    op.execute("SELECT 'a;b' /* c; */")
    op.execute("COMMENT ON TABLE t IS 'at 12:30 \\:a, :b: and ::c, and \\d \"x\"'")
    op.execute("SELECT '{1,2}'::int[], (ARRAY[1, 2])[\\:1] AS \"x\"")
    op.execute("""SELECT 1
  AS "x\"""")
    op.execute("""SELECT '\"\"\"
\\'""")
