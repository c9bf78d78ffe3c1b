--! Previous: -
--! Hash: sha1:306743ea31e4b0feafff8ae531d29e3ec0bf5876

SELECT public.seen('a');
