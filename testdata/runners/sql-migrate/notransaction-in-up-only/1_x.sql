-- +migrate Up notransaction
CREATE TABLE t (a int);
CREATE INDEX CONCURRENTLY i ON t (a);

-- +migrate Down
SELECT public.seen('down one');
DROP INDEX CONCURRENTLY i;
