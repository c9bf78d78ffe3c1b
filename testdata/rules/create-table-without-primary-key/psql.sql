CREATE TABLE a (id bigint); -- want "^public.a has no primary key: nothing tells two equal rows apart, and once it is published, UPDATE and DELETE fail$"
CREATE TABLE b (id bigint);
ALTER TABLE b ADD PRIMARY KEY (id);
CREATE TABLE c (x bigint NOT NULL, y bigint NOT NULL, UNIQUE (x, y));
CREATE TABLE d (x bigint UNIQUE); -- want "public.d"
CREATE TEMP TABLE e (id bigint);
CREATE TABLE f AS SELECT 1 AS id;
CREATE TABLE g (id bigint NOT NULL) PARTITION BY LIST (id); -- want "public.g"
CREATE TABLE g1 PARTITION OF g FOR VALUES IN (1);
CREATE TABLE h (LIKE b INCLUDING ALL);
CREATE TABLE i (LIKE b); -- want "public.i"
CREATE TABLE j (id bigint);
DROP TABLE j;
