-- Safe: at most one row.
CREATE TABLE a (version text NOT NULL);
CREATE UNIQUE INDEX ON a ((version IS NOT NULL));
CREATE TABLE b (version text);
CREATE UNIQUE INDEX ON b ((true));

-- Safe: all rows are told apart.
CREATE TABLE c (x int NOT NULL, y date);
CREATE UNIQUE INDEX ON c (x, COALESCE(y, '-infinity'::date));

-- NULL lets in equal rows.
CREATE TABLE d (x int, y date); -- want "^public.d has no primary key: the unique index d_x_y_idx, which can have NULL or is on an expression, does not stand for one, and once it is published, UPDATE and DELETE fail$"
CREATE UNIQUE INDEX ON d (x, y);
CREATE TABLE e (email text NOT NULL); -- want "the unique index e_lower_idx, which can have NULL"
CREATE UNIQUE INDEX ON e (lower(email));

-- A part of the rows.
CREATE TABLE f (x int NOT NULL, gone bool); -- want "nothing tells two equal rows apart"
CREATE UNIQUE INDEX ON f (x) WHERE NOT gone;
