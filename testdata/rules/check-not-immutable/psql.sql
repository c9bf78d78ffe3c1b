CREATE FUNCTION now_or_never() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()';
CREATE TABLE users (
  id bigint PRIMARY KEY,
  born date CHECK (born > current_date - 36525), -- want "^CHECK depends on CURRENT_DATE, whose value changes: rows that passed once fail at their next UPDATE and when a dump is restored$"
  seen timestamptz CHECK (seen <= now()),
  created timestamptz CHECK (created < CURRENT_TIMESTAMP + interval '1 day' AND created > '2000-01-01'),
  updated timestamptz CONSTRAINT updated_check CHECK (pg_catalog.clock_timestamp() >= updated),
  expires timestamptz CHECK (expires > now()), -- want "depends on now"
  left_at timestamptz CHECK (NOT left_at <= now()), -- want "depends on now"
  "now" int CHECK ("now" > 0),
  name text CHECK (lower(name) = name AND concat(name, 'x') <> 'x' AND date_trunc('day', seen) IS NOT NULL),
  owner text CHECK (owner = current_user), -- want "depends on CURRENT_USER"
  tenant text CHECK (tenant = current_setting('app.tenant')), -- want "depends on current_setting"
  own timestamptz CHECK (own > now_or_never()),
  d timestamptz DEFAULT now(),
  CHECK (age(born) > interval '18 years'), -- want "depends on age"
  CHECK (age(seen, created) > interval '1 day')
);
ALTER TABLE users ADD COLUMN lot double precision CHECK (lot < random()); -- want "depends on random"
ALTER TABLE users ADD CONSTRAINT young CHECK (born > localtimestamp) NOT VALID; -- want "depends on LOCALTIMESTAMP"
CREATE DOMAIN future AS date CHECK (VALUE > CURRENT_DATE); -- want "depends on CURRENT_DATE"
