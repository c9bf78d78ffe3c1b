-- +migrate Up
-- a comment of its own
SELECT public.seen('one');
SELECT public.seen('two')
  ; -- behind

-- +migrate StatementBegin
DO $$
BEGIN
  PERFORM public.seen('three');
  PERFORM public.seen('four');
END $$;
-- +migrate StatementEnd

-- +migrate Down
SELECT public.seen('down one');
SELECT public.seen('down two');
