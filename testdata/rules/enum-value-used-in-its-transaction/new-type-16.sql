-- pg: 16
BEGIN;
CREATE TYPE fresh AS ENUM ('a', 'b');
SELECT 'a'::fresh;
ALTER TYPE fresh ADD VALUE 'c';
SELECT 'a'::fresh;
SELECT 'c'::fresh; -- want "value 'c' of public.fresh"
COMMIT;

-- The values that a type was made with, be it only where there was none.
BEGIN;
DO $$ BEGIN CREATE TYPE once AS ENUM ('a', 'b'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
ALTER TYPE fresh ADD VALUE 'd';
CREATE TABLE t (x once DEFAULT 'a', y fresh DEFAULT 'a');
ALTER TYPE once ADD VALUE 'c';
SELECT 'b'::once;
SELECT 'c'::once; -- want "value 'c' of public.once"
COMMIT;
