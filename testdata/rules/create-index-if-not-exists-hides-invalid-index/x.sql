CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email); -- want "^IF NOT EXISTS skips the build when an earlier try has failed and left the index public.users_email_idx behind, invalid: no query uses it$"
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Users_Name" ON shop.users (name); -- want "left the index shop.\"Users_Name\" behind, invalid: no query uses it, and it does not guarantee uniqueness$"
create index concurrently
    if not exists users_city_idx -- want "left the index public.users_city_idx behind"
    on users (city);

-- Without IF NOT EXISTS the next try fails, and says so.
CREATE INDEX CONCURRENTLY users_age_idx ON users (age);

-- A build that is not concurrent leaves nothing behind.
CREATE INDEX IF NOT EXISTS users_street_idx ON users (street);

-- What was left behind is dropped first.
DROP INDEX CONCURRENTLY IF EXISTS users_zip_idx, shop.users_tel_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_zip_idx ON users (zip);
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_tel_idx ON shop.users (tel);

-- Dropped, but another one.
DROP INDEX IF EXISTS other.users_fax_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_fax_idx ON shop.users (fax); -- want "shop.users_fax_idx"

-- Dropped too late.
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_www_idx ON users (www); -- want "users_www_idx"
DROP INDEX CONCURRENTLY users_www_idx;

-- The build on a new table meets no row that could make it fail.
CREATE TABLE fresh (id bigint);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS fresh_id_idx ON fresh (id);
