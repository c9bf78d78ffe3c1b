-- Up Migration
SELECT public.seen('a');
DO $$
BEGIN
-- down migration is elsewhere
PERFORM public.seen('b');
END $$;
