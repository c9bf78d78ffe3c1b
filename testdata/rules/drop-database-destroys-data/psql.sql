-- runner: psql
DROP DATABASE app; -- want "^DROP DATABASE destroys everything in the database app, at once and for good$"
DROP DATABASE IF EXISTS "App 2" WITH (FORCE); -- want "in the database \"App 2\","

-- Safe: it is new.
CREATE DATABASE app_scratch;
DROP DATABASE app_scratch;
ALTER DATABASE app SET lock_timeout = '5s';
