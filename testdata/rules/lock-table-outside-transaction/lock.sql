LOCK TABLE users; -- want "^LOCK TABLE fails with 25P01 .can only be used in transaction blocks."
lock users in access share mode; -- one cure for all of them
BEGIN;
LOCK TABLE users IN SHARE MODE;
COMMIT;
LOCK TABLE ONLY public.users;
