CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> a1

CREATE TABLE users (
    id BIGSERIAL NOT NULL, 
    email TEXT, 
    PRIMARY KEY (id)
);

SELECT public.seen('a1');

INSERT INTO alembic_version (version_num) VALUES ('a1') RETURNING alembic_version.version_num;

-- Running upgrade a1 -> b2

SELECT public.seen('b2');

CREATE INDEX CONCURRENTLY users_email ON users (email);

SELECT public.seen('b2 alone');

SELECT public.seen('b2 alone again');

SELECT public.seen('b2 behind');

UPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1';

-- Running upgrade b2 -> d4

COMMENT ON TABLE users IS 'COMMIT;
-- Running upgrade x -> y';

SELECT public.seen('d4');

DO $$
BEGIN
  PERFORM public.seen('d4 in a block');
END
$$;

UPDATE alembic_version SET version_num='d4' WHERE alembic_version.version_num = 'b2';

-- Running upgrade b2 -> c3

ALTER TABLE users ADD COLUMN name TEXT;

SELECT public.seen('c3');

INSERT INTO alembic_version (version_num) VALUES ('c3') RETURNING alembic_version.version_num;

-- Running upgrade c3, d4 -> e5

DELETE FROM alembic_version WHERE alembic_version.version_num = 'c3';

UPDATE alembic_version SET version_num='e5' WHERE alembic_version.version_num = 'd4';

-- Running upgrade e5 -> f6

SELECT public.seen('f6');

INSERT INTO users (id, name) VALUES (1, 'a;b');

SELECT public.seen('f6 behind');

UPDATE alembic_version SET version_num='f6' WHERE alembic_version.version_num = 'e5';

-- Running upgrade f6 -> g7

SELECT public.seen('g7');

COMMIT;

CREATE INDEX CONCURRENTLY users_name ON users (name);

SELECT public.seen('g7 alone');

UPDATE alembic_version SET version_num='g7' WHERE alembic_version.version_num = 'f6';

