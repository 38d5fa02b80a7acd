-- Version 7: histories are looked through again, as inputs that are always others explain no change.

DROP TRIGGER change_is_due;
CREATE TRIGGER change_is_due AFTER INSERT ON execution WHEN new.ended_at IS NOT NULL AND new.workflow_id IS NOT NULL BEGIN
    -- Values, as a SELECT of one row is collected in a table of its own first.
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    VALUES (new.scope_id, (SELECT name FROM definition WHERE id = new.workflow_id));
END;

DROP TRIGGER change_is_due_again;
CREATE TRIGGER change_is_due_again AFTER UPDATE OF ended_at, phase, workflow_id ON execution
WHEN new.workflow_id IS NOT NULL AND (new.ended_at IS NOT old.ended_at OR new.phase <> old.phase) BEGIN
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    VALUES (new.scope_id, (SELECT name FROM definition WHERE id = new.workflow_id));
END;

DROP TRIGGER change_is_due_without;
CREATE TRIGGER change_is_due_without AFTER DELETE ON execution WHEN old.workflow_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    VALUES (old.scope_id, (SELECT name FROM definition WHERE id = old.workflow_id));
END;

INSERT OR IGNORE INTO change_due (scope_id, workflow)
SELECT DISTINCT e.scope_id, d.name FROM execution e JOIN definition d ON d.id = e.workflow_id
WHERE e.ended_at IS NOT NULL;

PRAGMA user_version = 7;
