-- +goose Up
-- +goose StatementBegin
LOCK TABLE scans IN ACCESS EXCLUSIVE MODE;
LOCK TABLE scans_new IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    child record;
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', 'scans');
    EXECUTE format('ALTER TABLE %I RENAME TO %I', 'scans_new', 'scans');
    FOR child IN (
        SELECT c.relname
        FROM pg_class c JOIN pg_inherits i ON c.oid = i.inhrelid
        WHERE i.inhparent = 'scans'::regclass
    ) LOOP
        EXECUTE format('ALTER TABLE %I SET LOGGED', child.relname);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', child.relname, replace(child.relname, '_new_', '_'));
    END LOOP;
END;
$$;
-- +goose StatementEnd
