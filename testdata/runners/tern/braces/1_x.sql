SELECT public.seen('one');
SELECT '{{1,2},{3,4}}'::int[];
