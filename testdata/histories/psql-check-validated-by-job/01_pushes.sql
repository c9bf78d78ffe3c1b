CREATE TABLE pushes (id bigint PRIMARY KEY, stamp_id text);
CREATE TABLE jobs (ordering integer NOT NULL, name text NOT NULL, progress text NOT NULL, after text);
