-- +migrate Up notransaction
CREATE TABLE t (a int);
SELECT public.seen('one');
SELECT public.seen('two');
CREATE INDEX CONCURRENTLY i ON t (a);
SELECT public.seen('three');

-- +migrate Down
SELECT public.seen('down one');
DROP TABLE t;
SELECT public.seen('down two');
