CREATE TABLE guests (
  id bigint PRIMARY KEY,
  a varchar(20), -- want "^a is character varying\\(20\\), which no other limit can replace"
  b varchar,
  c text,
  d character varying(5) -- want "^d is"
);
