-- comment; comment
/* ; */
CREATE INDEX CONCURRENTLY users_email ON users (email);
-- comment
