CREATE INDEX z ON users (z);
