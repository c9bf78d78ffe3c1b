CREATE TABLE depots (id bigint PRIMARY KEY, name text NOT NULL);
