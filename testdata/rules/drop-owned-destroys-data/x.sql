DROP OWNED BY reporting; -- want "^DROP OWNED BY reporting destroys every table that the role owns in this database, with its data$"
DROP OWNED BY "Old", CURRENT_USER CASCADE; -- want "^DROP OWNED BY \"Old\" destroys" "^DROP OWNED BY CURRENT_USER destroys"

-- Safe: it owns nothing.
REASSIGN OWNED BY leaver, "Leaver 2" TO app;
DROP OWNED BY leaver;
DROP OWNED BY "Leaver 2";
BEGIN;
CREATE ROLE scratch;
DROP OWNED BY scratch;
ROLLBACK;
