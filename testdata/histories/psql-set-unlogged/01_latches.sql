CREATE TABLE latches (
    name text NOT NULL,
    key text NOT NULL,
    token text NOT NULL,
    UNIQUE (name, key, token)
);
CREATE TABLE latch_modes (
    name text NOT NULL,
    key text NOT NULL,
    token text NOT NULL,
    CONSTRAINT latch_modes_foreign FOREIGN KEY (name, key, token) REFERENCES latches (name, key, token)
);
