-- pg: 18
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- A handler only hides that nothing is done.
DO $$ BEGIN CREATE INDEX CONCURRENTLY ON users (email); EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'exists already'; END $$; -- want "one transaction, and a handler catches that, so that it never takes effect$"
DO $$ BEGIN CREATE INDEX CONCURRENTLY ON users (email); EXCEPTION WHEN active_sql_transaction THEN NULL; END $$; -- want "never takes effect$"
DO $$ BEGIN CREATE INDEX CONCURRENTLY ON users (email); EXCEPTION WHEN duplicate_table THEN NULL; END $$; -- want "PostgreSQL runs a DO block in one transaction$"
DO $$ BEGIN CREATE INDEX CONCURRENTLY ON users (email); EXCEPTION WHEN OTHERS THEN RAISE; END $$; -- want "PostgreSQL runs a DO block in one transaction$"
