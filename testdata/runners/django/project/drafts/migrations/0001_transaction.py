from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL("SET lock_timeout = '5s'"),
        migrations.RunSQL("""CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1;
  PERFORM 2;
END
$$"""),
        migrations.RunSQL("""CREATE INDEX i
  ON t (a) -- the hot one
;"""),
        migrations.RunSQL("DO $$ BEGIN PERFORM 1; END $$"),
        migrations.RunSQL("SELECT 'a;b' /* c; */"),
        migrations.RunSQL("COMMENT ON TABLE t IS 'at 12:30 :a, :b: and ::c, and \\d \"x\"'"),
        migrations.RunSQL("SELECT '{1,2}'::int[], (ARRAY[1, 2])[:1] AS \"x\""),
        migrations.RunSQL("""SELECT 1
  AS "x\""""),
        migrations.RunSQL("""SELECT '\"\"\"
\\'"""),
    ]
