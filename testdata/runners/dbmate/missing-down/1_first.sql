-- migrate:up
SELECT seen('a');
