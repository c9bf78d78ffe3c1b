--! Previous: sha1:6f3d825e4ce9915ab32efeaaa42e8227ed6b7b43
--! Hash: sha1:b03cf8089c7367f82d24b6ce694a7c63f521df83

--! no-transaction
CREATE INDEX CONCURRENTLY users_id ON users (id);
