-- Deploy shop:users to pg
BEGIN;
SELECT seen('users 1');
SELECT seen('users 2');
COMMIT;
