-- +migrate Up
SELECT public.seen('one');
DO $$
BEGIN
  PERFORM public.seen('two');
END $$;
