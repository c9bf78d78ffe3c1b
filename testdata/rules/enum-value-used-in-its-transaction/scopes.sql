ALTER TYPE mood ADD VALUE 'a';
SELECT 'a'::mood;

-- These migrations do not make the type.
BEGIN;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'b';
SELECT 'b'::mood; -- want "value 'b' of public.mood"
COMMIT;
SELECT 'b'::mood;

-- It is not there any more, or not yet.
BEGIN;
SAVEPOINT s;
ALTER TYPE mood ADD VALUE 'c';
ROLLBACK TO s;
ALTER TYPE mood ADD VALUE 'c';
RELEASE s;
SELECT 'c'::mood; -- want "value 'c'"
SELECT 'c'::other.mood;
ALTER TYPE mood RENAME TO temper;
SELECT 'c'::temper; -- want "value 'c' of public.temper"
ROLLBACK;
