-- Statements about objects that are no relations: they lock no table, with a
-- table beside them that they could.

-- case: alter-function-volatility
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
-- statement:
ALTER FUNCTION f(int) STABLE;

-- case: alter-function-in-default
CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (id int DEFAULT f(1));
-- statement:
ALTER FUNCTION f(int) VOLATILE;

-- case: alter-function-of-index
CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (id int);
CREATE INDEX i ON t (f(id));
-- statement:
ALTER FUNCTION f(int) COST 5;

-- case: create-or-replace-function-of-index
CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (id int);
CREATE INDEX i ON t (f(id));
-- statement:
CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2';

-- case: create-or-replace-trigger-function
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE t (id int);
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- statement:
CREATE OR REPLACE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';

-- case: create-procedure
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE PROCEDURE pr() LANGUAGE plpgsql AS 'BEGIN END';

-- case: call-procedure
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE PROCEDURE pr() LANGUAGE plpgsql AS 'BEGIN END';
-- statement:
CALL pr();

-- case: create-aggregate
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE AGGREGATE a (int) (SFUNC = int4pl, STYPE = int);

-- case: create-operator
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);

-- case: alter-operator
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
-- statement:
ALTER OPERATOR === (int, int) SET (RESTRICT = NONE);

-- case: create-operator-class
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int);

-- case: create-operator-family
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE OPERATOR FAMILY f USING btree;

-- case: create-collation
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE COLLATION c FROM "C";

-- case: create-range-type
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE TYPE r AS RANGE (SUBTYPE = int);

-- case: create-composite-type
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE TYPE ct AS (id int, x text);

-- case: create-base-type-shell
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE TYPE b;

-- case: create-conversion
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;

-- case: create-text-search-configuration
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple);

-- case: alter-text-search-configuration
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple);
-- statement:
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH simple;

-- case: create-event-trigger
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
-- statement:
CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION ef();

-- case: alter-event-trigger
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION ef();
-- statement:
ALTER EVENT TRIGGER e DISABLE;

-- case: create-access-method
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;

-- case: create-foreign-data-wrapper
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
CREATE FOREIGN DATA WRAPPER w;

-- case: create-server
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FOREIGN DATA WRAPPER w;
-- statement:
CREATE SERVER s FOREIGN DATA WRAPPER w;

-- case: create-user-mapping
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
-- statement:
CREATE USER MAPPING FOR PUBLIC SERVER s;

-- case: alter-server
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
-- statement:
ALTER SERVER s VERSION '2';

-- case: rename-enum-value
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE u (m mood);
-- statement:
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';

-- case: add-enum-value-of-column
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood);
-- statement:
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy' BEFORE 'ok';

-- case: rename-enum-type-of-column
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood);
-- statement:
ALTER TYPE mood RENAME TO feeling;

-- case: set-schema-enum-type-of-column
CREATE SCHEMA a;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood);
-- statement:
ALTER TYPE mood SET SCHEMA a;

-- case: alter-extension-set-schema
CREATE SCHEMA a;
CREATE EXTENSION citext;
CREATE TABLE t (m citext);
-- statement:
ALTER EXTENSION citext SET SCHEMA a;

-- case: alter-extension-update
CREATE EXTENSION citext;
CREATE TABLE t (m citext);
-- statement:
ALTER EXTENSION citext UPDATE;

-- case: alter-extension-add-function
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE EXTENSION citext;
-- statement:
ALTER EXTENSION citext ADD FUNCTION f(int);

-- case: comment-on-function
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
-- statement:
COMMENT ON FUNCTION f(int) IS 'one';

-- case: comment-on-schema
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
COMMENT ON SCHEMA public IS 'all';

-- case: comment-on-extension
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE EXTENSION citext;
-- statement:
COMMENT ON EXTENSION citext IS 'text';

-- case: grant-on-function
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
-- statement:
GRANT EXECUTE ON FUNCTION f(int) TO other_role;

-- case: grant-on-schema
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
GRANT USAGE ON SCHEMA public TO other_role;

-- case: alter-schema-owner
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
ALTER SCHEMA public OWNER TO postgres;

-- case: drop-function-if-exists-absent
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
DROP FUNCTION IF EXISTS f(int);

-- case: drop-type-if-exists-absent
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
DROP TYPE IF EXISTS e;

-- case: drop-enum-type-unused
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE TYPE mood AS ENUM ('sad');
-- statement:
DROP TYPE mood;

-- case: drop-collation-unused
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE COLLATION c FROM "C";
-- statement:
DROP COLLATION c;

-- case: drop-event-trigger
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION ef();
-- statement:
DROP EVENT TRIGGER e;

-- case: set-constraints-deferred
CREATE TABLE t (id int PRIMARY KEY, x text);
CREATE TABLE c (t_id int REFERENCES t DEFERRABLE);
-- statement:
SET CONSTRAINTS ALL DEFERRED;

-- case: advisory-lock
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
SELECT pg_advisory_xact_lock(1);

-- case: values
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
VALUES (1), (2);

-- case: execute-unprepared
CREATE TABLE t (id int PRIMARY KEY, x text);
PREPARE q AS SELECT 1;
-- statement:
EXECUTE q;

-- case: deallocate
CREATE TABLE t (id int PRIMARY KEY, x text);
PREPARE q AS SELECT * FROM t;
-- statement:
DEALLOCATE q;

-- case: listen
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
LISTEN channel;

-- case: security-label-no-provider
-- fails: no provider is loaded
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
SECURITY LABEL ON TABLE t IS 'x';

-- case: do-empty-block
CREATE TABLE t (id int PRIMARY KEY, x text);
-- statement:
DO $$ BEGIN END $$;
