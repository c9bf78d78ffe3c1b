-- pg: 17
BEGIN;
CREATE TYPE fresh AS ENUM ('a', 'b');
SELECT 'a'::fresh;
ALTER TYPE fresh ADD VALUE 'c';
SELECT 'a'::fresh;
SELECT 'c'::fresh;
COMMIT;

-- Behind a savepoint, even one that is released, PostgreSQL forgets that the type is new.
BEGIN;
SAVEPOINT a;
CREATE TYPE inner_type AS ENUM ('a');
RELEASE a;
ALTER TYPE inner_type ADD VALUE 'b';
SELECT 'b'::inner_type; -- want "value 'b' of public.inner_type"
ROLLBACK;
BEGIN;
CREATE TYPE outer_type AS ENUM ('a');
SAVEPOINT a;
ALTER TYPE outer_type ADD VALUE 'b';
RELEASE a;
ALTER TYPE outer_type ADD VALUE 'c';
SELECT 'c'::outer_type;
SELECT 'b'::outer_type; -- want "value 'b' of public.outer_type"
ROLLBACK;
BEGIN;
SAVEPOINT a;
RELEASE a;
CREATE TYPE late_type AS ENUM ('a');
ALTER TYPE late_type ADD VALUE 'b';
SAVEPOINT b;
SELECT 'b'::late_type;
COMMIT;
