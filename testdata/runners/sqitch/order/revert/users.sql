BEGIN;
SELECT seen('not users');
COMMIT;
