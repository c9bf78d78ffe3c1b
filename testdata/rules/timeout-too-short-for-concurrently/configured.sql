-- lock_timeout: 2s
CREATE INDEX CONCURRENTLY a_idx ON users (email); -- want "the lock_timeout of 2s"
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY b_idx ON users (email);
RESET lock_timeout;
CREATE INDEX CONCURRENTLY c_idx ON users (email); -- want "the lock_timeout of 2s"

-- On a new table too: it waits for transactions of all tables.
CREATE TABLE fresh (id bigint);
CREATE INDEX CONCURRENTLY d_idx ON fresh (id); -- want "the lock_timeout of 2s"
