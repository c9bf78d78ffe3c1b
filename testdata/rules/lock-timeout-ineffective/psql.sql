SET LOCAL lock_timeout = '5s'; -- want "^SET LOCAL lock_timeout has no effect because no transaction block is open$"
SET LOCAL statement_timeout TO 5000; -- want "^SET LOCAL statement_timeout has no effect because no transaction block is open$"
set local Lock_Timeout to default;
SELECT set_config('lock_timeout', '5s', true); -- want "^set_config of lock_timeout until the end of the transaction has no effect because no transaction block is open$"

SET lock_timeout = '5s';
SET SESSION statement_timeout = '5min';
SELECT set_config('lock_timeout', '5s', false);
RESET lock_timeout;

-- Other settings are not this rule's.
SET LOCAL work_mem = '64MB';

BEGIN;
SET LOCAL lock_timeout = '5s';
SELECT pg_catalog.set_config('statement_timeout', '5s', true);
ALTER TABLE users ADD COLUMN a int;
COMMIT;
SET LOCAL lock_timeout = '5s'; -- want "no effect"

-- psql sends these in one message, which is one transaction.
SET LOCAL lock_timeout = '5s'\; ALTER TABLE users ADD COLUMN b int;

-- Refused.
SET lock_timeout = '5 sec'; -- want "^PostgreSQL refuses the value of lock_timeout: \"5 sec\" has the unit \"sec\": the units of a timeout are us, ms, s, min, h and d$"
SET statement_timeout = '5S'; -- want "has the unit \"S\""
SET lock_timeout = -1; -- want "\"-1\" is out of range"
SET lock_timeout = off; -- want "\"off\" is not a timeout"
SET lock_timeout = '30 min';
SET lock_timeout = 0;
