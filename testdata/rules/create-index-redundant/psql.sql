CREATE TABLE t (id bigint PRIMARY KEY, a int, b int, c text);
CREATE INDEX ab ON t (a, b);
CREATE INDEX a1 ON t (a); -- want "^public.a1 serves no query that public.ab does not serve too, and slows down writes$"
CREATE INDEX b1 ON t (b);
CREATE UNIQUE INDEX au ON t (a);
CREATE INDEX ad ON t (a DESC);
CREATE INDEX ap ON t (a) WHERE b > 0;
CREATE INDEX ah ON t USING hash (a);
CREATE INDEX ai ON t (a) INCLUDE (c);
CREATE INDEX id1 ON t (id); -- want "public.t_pkey"
CREATE UNIQUE INDEX id2 ON t (id); -- want "public.t_pkey"
CREATE INDEX c1 ON t (c);
CREATE INDEX c2 ON t (c); -- want "public.c1"
CREATE INDEX c3 ON t (c text_pattern_ops);
CREATE INDEX e1 ON t (lower(c));
CREATE INDEX e2 ON t (lower(c), a);
DROP INDEX e2;
