CREATE TABLE guests (
  id bigint PRIMARY KEY,
  a timestamp, -- want "^a is timestamp without time zone, which names no moment"
  b timestamp(3) without time zone, -- want "^b is"
  c timestamptz,
  d timestamp with time zone,
  e date
);
