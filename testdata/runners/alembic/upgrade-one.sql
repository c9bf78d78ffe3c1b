BEGIN;

-- Running upgrade b2 -> c3

ALTER TABLE users ADD COLUMN name TEXT;

SELECT public.seen('c3');

UPDATE public."Our versions" SET version_num='c3' WHERE public."Our versions".version_num = 'b2';

COMMIT;

