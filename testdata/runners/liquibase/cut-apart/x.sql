--liquibase formatted sql

--changeset a:1
DO $$
BEGIN
  IF true THEN
    PERFORM public.seen('1');
  END IF;
  PERFORM 1;
END
$$;
