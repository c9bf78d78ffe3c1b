BEGIN;
DROP TABLE IF EXISTS routes;
CREATE TABLE routes (id bigint PRIMARY KEY, depot text NOT NULL);
DROP INDEX IF EXISTS depots_name_idx;
CREATE INDEX depots_name_idx ON depots (name);
COMMIT;
