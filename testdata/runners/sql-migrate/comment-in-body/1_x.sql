-- +migrate Up
-- +migrate StatementBegin
DO $$ -- a;
BEGIN
-- isn't sent
  PERFORM public.seen('one');
END $$;
-- +migrate StatementEnd
