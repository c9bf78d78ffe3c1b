--! Previous: -
--! Hash: sha1:95e7140804553864174b21f39d8ed2287978843c

CREATE TABLE users (id int);
