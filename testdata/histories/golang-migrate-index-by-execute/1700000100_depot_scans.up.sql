CREATE TABLE depots (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE depot_scans (depot_id integer NOT NULL, scan_id bigint NOT NULL);
CREATE TABLE depot_scans_1 () INHERITS (depot_scans);
CREATE TABLE depot_scans_2 () INHERITS (depot_scans);
