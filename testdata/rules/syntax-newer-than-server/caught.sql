-- pg: 14
CREATE TABLE t (id int, n int);
-- The body of a block is read before it runs, an EXECUTE when it runs.
DO $$ BEGIN ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (n); EXCEPTION WHEN OTHERS THEN NULL; END $$; -- want "fails with 42601"
DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (n)'; EXCEPTION WHEN syntax_error THEN NULL; END $$;
DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (n)'; EXCEPTION WHEN unique_violation THEN NULL; END $$; -- want "fails with 42601"
