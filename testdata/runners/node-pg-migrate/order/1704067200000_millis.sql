-- Up Migration
SELECT public.seen('millis');
-- Down Migration
