-- Safe: nobody has said which day it is.
-- premortem:ignore create-index-not-concurrently until=2000-01-01: until the import
CREATE INDEX a_idx ON t (a);
