-- pg: 18
CREATE TABLE t (id int);
DO $$ BEGIN ALTER TABLE t ADD COLUMN id int; EXCEPTION WHEN duplicate_column THEN NULL; END $$;
DO $$ BEGIN ALTER TABLE t ADD COLUMN id int; EXCEPTION WHEN undefined_table THEN NULL; END $$; -- want "fails with 42701"
DO $$ BEGIN UPDATE t SET id = 1, id = 2; EXCEPTION WHEN syntax_error_or_access_rule_violation THEN NULL; END $$;
