DO $$
DECLARE
  depot record;
BEGIN
FOR depot IN
  SELECT id, name FROM depots
LOOP
  RAISE NOTICE 'indexing depot % (%)', depot.id, depot.name;
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS depot_scans_%s_key ON depot_scans_%s (depot_id, scan_id)', depot.id, depot.id);
END LOOP;
END
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION depot_added() RETURNS trigger AS $$
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS depot_scans_%s () INHERITS (depot_scans)', NEW.id);
  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
