-- +migrate Up
CREATE TABLE t (a int);
CREATE INDEX i ON t (a);

-- +migrate Down other notransaction
SELECT public.seen('down one');
DROP INDEX CONCURRENTLY i;
