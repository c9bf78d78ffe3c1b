-- pg: 16
BEGIN;
CREATE TYPE fresh AS ENUM ('a', 'b');
SELECT 'a'::fresh;
ALTER TYPE fresh ADD VALUE 'c';
SELECT 'a'::fresh;
SELECT 'c'::fresh; -- want "value 'c' of public.fresh"
COMMIT;
