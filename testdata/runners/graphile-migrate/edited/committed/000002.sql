--! Previous: sha1:306743ea31e4b0feafff8ae531d29e3ec0bf5876
--! Hash: sha1:98502f501c83c22a4ebeb2f1fa1071315d34b918

SELECT public.seen('edited');
