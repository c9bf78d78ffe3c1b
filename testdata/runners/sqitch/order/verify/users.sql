BEGIN;
SELECT seen('verify');
ROLLBACK;
