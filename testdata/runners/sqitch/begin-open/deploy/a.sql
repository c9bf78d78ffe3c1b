BEGIN;
SELECT seen('a');
