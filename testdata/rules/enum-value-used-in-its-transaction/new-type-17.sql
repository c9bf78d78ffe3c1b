-- pg: 17
BEGIN;
CREATE TYPE fresh AS ENUM ('a', 'b');
SELECT 'a'::fresh;
ALTER TYPE fresh ADD VALUE 'c';
SELECT 'a'::fresh;
SELECT 'c'::fresh;
COMMIT;
