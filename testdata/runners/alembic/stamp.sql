BEGIN;

-- Running stamp_revision b2 -> e5

UPDATE alembic_version SET version_num='e5' WHERE alembic_version.version_num = 'b2';

COMMIT;

