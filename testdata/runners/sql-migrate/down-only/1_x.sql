-- +migrate Down
SELECT public.seen('down');
