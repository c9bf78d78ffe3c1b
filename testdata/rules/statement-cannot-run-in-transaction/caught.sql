-- pg: 18
DO $$ BEGIN EXECUTE 'VACUUM'; EXCEPTION WHEN OTHERS THEN NULL; END $$; -- want "^VACUUM fails with 25001, .*, and a handler catches that, so that it never takes effect$"
DO $$ BEGIN EXECUTE 'VACUUM'; EXCEPTION WHEN division_by_zero THEN NULL; END $$; -- want "one transaction$"
DO $$ BEGIN EXECUTE 'COMMIT'; EXCEPTION WHEN feature_not_supported THEN NULL; END $$; -- want "^COMMIT in a DO block fails with 0A000: .*never takes effect$"
BEGIN;
DO $$ BEGIN COMMIT; END $$; -- want "^COMMIT in a DO block fails with 2D000, invalid transaction termination: BEGIN at line 5 is still open$"
ROLLBACK;
-- Between BEGIN and EXCEPTION is a subtransaction, also where the block is alone.
DO $$ BEGIN COMMIT; EXCEPTION WHEN invalid_transaction_termination THEN NULL; END $$; -- want "^COMMIT in a DO block fails with 2D000, invalid transaction termination: BEGIN with EXCEPTION is a subtransaction, and a handler catches that, so that it never takes effect$"
DO $$ BEGIN COMMIT; EXCEPTION WHEN division_by_zero THEN NULL; END $$; -- want "is a subtransaction$"
DO $$ BEGIN ROLLBACK; EXCEPTION WHEN OTHERS THEN RAISE; END $$; -- want "is a subtransaction$"
DO $$ BEGIN BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN COMMIT; END; EXCEPTION WHEN unique_violation THEN NULL; END $$; -- want "is a subtransaction$"
-- The subtransaction has ended.
DO $$ BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN COMMIT; END $$;
DO $$ BEGIN BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END; COMMIT; END $$;
