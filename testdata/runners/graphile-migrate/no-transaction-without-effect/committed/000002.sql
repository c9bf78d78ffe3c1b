--! Previous: sha1:95e7140804553864174b21f39d8ed2287978843c
--! Hash: sha1:6d683bf2ca54e0ef6ef3c6bc70bd99045d388971

--! split: 1-current.sql
--! no-transaction
CREATE INDEX CONCURRENTLY users_id ON users (id);
