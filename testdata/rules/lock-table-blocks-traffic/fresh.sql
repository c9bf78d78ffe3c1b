-- Nobody else sees the table yet, or ever; outside of a transaction block it is refused.
BEGIN;
CREATE TABLE fresh (id bigint);
LOCK TABLE fresh;
CREATE TEMP TABLE scratch (id bigint);
LOCK TABLE scratch;
SELECT 1;
COMMIT;
LOCK TABLE users;
