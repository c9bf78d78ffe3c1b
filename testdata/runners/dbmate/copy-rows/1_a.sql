-- migrate:up
CREATE TABLE t (a int);
COPY t FROM STDIN;
1
\.
SELECT public.seen('a');
-- migrate:down
