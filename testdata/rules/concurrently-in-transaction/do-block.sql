CREATE TABLE users (id bigint PRIMARY KEY, email text);
DO $$
BEGIN
  CREATE INDEX CONCURRENTLY users_email_idx ON users (email); -- want "CREATE INDEX CONCURRENTLY fails with 25001, cannot run inside a transaction block: PostgreSQL runs a DO block in one transaction"
END $$;
DO 'BEGIN EXECUTE ''REINDEX TABLE CONCURRENTLY users''; END'; -- want "REINDEX CONCURRENTLY fails with 25001"
DO $$
BEGIN
  EXECUTE format('CREATE INDEX CONCURRENTLY %I ON %I (email)', 'Other', 'users'); -- want "CREATE INDEX CONCURRENTLY fails with 25001"
END $$;
-- Safe: it is a string only.
DO $$
BEGIN
  RAISE NOTICE 'CREATE INDEX CONCURRENTLY ON users (email)';
END $$;
