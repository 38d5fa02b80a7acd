-- Version 5: the archive knows which of its rows are to be made again from the messages, and why.

CREATE TABLE derivation (
    -- How rows follow from the messages. A schema step that adds a derived column says so with
    -- UPDATE derivation SET reason = 'what they gain' WHERE part = 'execution'; that makes all rows of the part overdue.
    part TEXT PRIMARY KEY,
    -- The version of the tool's rules by which the rows were made, or are being made.
    rules INTEGER NOT NULL,
    -- Why rows are to be made again; NULL when none is overdue.
    reason TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE overdue (
    -- A row that is to be made again from its messages: until then derived columns may be NULL, or as older rules had
    -- them. The next harvest makes some, rebuild all.
    part TEXT NOT NULL,
    -- The row's id.
    id INTEGER NOT NULL,
    -- What kept it from being made again: its messages are damaged, say. NULL for what is yet to be tried.
    finding TEXT,
    PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER derivation_changed AFTER UPDATE OF reason ON derivation WHEN new.reason IS NOT NULL BEGIN
    INSERT OR REPLACE INTO overdue (part, id)
    SELECT 'error', id FROM error WHERE new.part = 'error'
    UNION ALL SELECT 'definition', id FROM definition WHERE new.part = 'definition' AND pack_id IS NOT NULL
    UNION ALL SELECT 'execution', id FROM execution WHERE new.part = 'execution';
    UPDATE derivation SET reason = old.reason || '; ' || new.reason WHERE part = new.part AND old.reason IS NOT NULL;
END;

-- By the rules that all versions up to this had.
INSERT INTO derivation (part, rules) VALUES ('error', 1), ('definition', 1), ('execution', 1);

PRAGMA user_version = 5;
