--! Previous: sha1:95e7140804553864174b21f39d8ed2287978843c
--! Hash: sha1:9bbdf8aed3219cdf1bd0b07dd36010054c456299

--! no-transaction
SET lock_timeout = '5s';
CREATE INDEX CONCURRENTLY users_id ON users (id);
