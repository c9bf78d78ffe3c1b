BEGIN;

-- Running downgrade g7 -> f6

DROP INDEX users_name;

SELECT public.seen('g7');

UPDATE alembic_version SET version_num='f6' WHERE alembic_version.version_num = 'g7';

COMMIT;

BEGIN;

-- Running downgrade f6 -> e5

DELETE FROM users;

SELECT public.seen('f6');

UPDATE alembic_version SET version_num='e5' WHERE alembic_version.version_num = 'f6';

COMMIT;

BEGIN;

-- Running downgrade e5 -> c3, d4

INSERT INTO alembic_version (version_num) VALUES ('c3') RETURNING alembic_version.version_num;

UPDATE alembic_version SET version_num='d4' WHERE alembic_version.version_num = 'e5';

COMMIT;

BEGIN;

-- Running downgrade c3 -> b2

SELECT public.seen('c3');

ALTER TABLE users DROP COLUMN name;

DELETE FROM alembic_version WHERE alembic_version.version_num = 'c3';

COMMIT;

BEGIN;

-- Running downgrade d4 -> b2

SELECT public.seen('d4');

UPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'd4';

COMMIT;

BEGIN;

-- Running downgrade b2 -> a1

SELECT public.seen('b2');

COMMIT;

DROP INDEX CONCURRENTLY users_email;

BEGIN;

UPDATE alembic_version SET version_num='a1' WHERE alembic_version.version_num = 'b2';

COMMIT;

BEGIN;

-- Running downgrade a1 -> 

SELECT public.seen('a1');

DROP TABLE users;

DELETE FROM alembic_version WHERE alembic_version.version_num = 'a1';

COMMIT;

DROP TABLE alembic_version;

