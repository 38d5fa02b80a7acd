-- Version 6: what was read and written, and since when something is otherwise.

CREATE TABLE lineage (
    -- An address that an execution, a node or an attempt read or wrote, as its inputs and outputs tell.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The number of the node; NULL for the execution's own.
    node INTEGER,
    -- The attempt, counting from 0; NULL for the node's or execution's own.
    attempt INTEGER,
    -- 1 when it was written, 0 when it was read: what was given is read, and so is what a cache or a recovered
    -- execution had. What is only given back is not written.
    is_write INTEGER NOT NULL,
    -- The variable, and where in it, such as files[3] or tables.eu; of a variable at most 10,000.
    name_id INTEGER NOT NULL REFERENCES name,
    -- file, directory, schema, structured_dataset, offloaded or artifact.
    kind_id INTEGER NOT NULL REFERENCES name,
    -- The address in the form in which stores tell addresses apart.
    address_id INTEGER NOT NULL REFERENCES name,
    -- Its format, such as csv; NULL when nothing is said.
    format_id INTEGER REFERENCES name,
    -- When: of what was read the beginning of what read it, of what was written the end of what wrote it.
    at INTEGER,
    -- Who did it, seen from there: 0 the place itself, 1 something that ran inside of it, 2 an execution that it launched.
    level INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX lineage_by_address ON lineage (address_id, is_write, level, at);

CREATE VIEW v_lineage AS -- One row an address that an execution, a node or an attempt read or wrote.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = l.execution_id AND n.number = l.node
    ) AS node_id,
    l.attempt AS attempt,
    iif(l.is_write, 'write', 'read') AS direction,
    (SELECT value FROM name WHERE id = l.name_id) AS name,
    (SELECT value FROM name WHERE id = l.kind_id) AS kind,
    -- In the form in which stores tell addresses apart, so that equal ones are the same place.
    a.value AS uri,
    (SELECT value FROM name WHERE id = l.format_id) AS format,
    strftime('%Y-%m-%dT%H:%M:%S', l.at / 1000000000 - (l.at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (l.at % 1000000000 + 1000000000) % 1000000000 / 1000) AS at
FROM lineage l
JOIN name a ON a.id = l.address_id
JOIN execution e ON e.id = l.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE TABLE change (
    -- A moment since which the durations or failures of a workflow or one of its nodes are others: the history before and
    -- after it, up to the next such moments, differs by more than chance gives.
    id INTEGER PRIMARY KEY,
    -- The series: of a workflow's name in a domain.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The workflow.
    workflow_id INTEGER NOT NULL REFERENCES name,
    -- The node's path; NULL for the workflow's own.
    path_id INTEGER REFERENCES name,
    -- duration or failure_rate.
    measure TEXT NOT NULL,
    -- When the first run of those after it ended.
    at INTEGER NOT NULL,
    -- Of durations the median in seconds, of failures their share: before it.
    before REAL NOT NULL,
    -- The same after it.
    after REAL NOT NULL,
    -- The lower end of the 95 % interval of the difference, after minus before.
    low REAL NOT NULL,
    -- Its upper end.
    high REAL NOT NULL,
    -- How often chance gives such a moment in a series like this one.
    p REAL NOT NULL,
    -- What else changed there: a JSON object.
    with_what TEXT NOT NULL,
    UNIQUE (scope_id, workflow_id, path_id, measure, at)
) STRICT;

CREATE TABLE change_series (
    -- A history that was looked through for changes.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The workflow.
    workflow_id INTEGER NOT NULL REFERENCES name,
    -- The node's path; the empty one for the workflow's own.
    path_id INTEGER NOT NULL REFERENCES name,
    -- duration or failure_rate.
    measure TEXT NOT NULL,
    -- How many runs it has; the last 1,000 at most.
    runs INTEGER NOT NULL,
    PRIMARY KEY (scope_id, workflow_id, path_id, measure)
) STRICT, WITHOUT ROWID;

CREATE TABLE change_due (
    -- A workflow of which executions were written since its histories were last looked through.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The workflow.
    workflow TEXT NOT NULL,
    PRIMARY KEY (scope_id, workflow)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER change_is_due AFTER INSERT ON execution WHEN new.ended_at IS NOT NULL AND new.workflow_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    SELECT new.scope_id, name FROM definition WHERE id = new.workflow_id;
END;

CREATE TRIGGER change_is_due_again AFTER UPDATE OF ended_at, phase, workflow_id ON execution
WHEN new.workflow_id IS NOT NULL AND (new.ended_at IS NOT old.ended_at OR new.phase <> old.phase) BEGIN
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    SELECT new.scope_id, name FROM definition WHERE id = new.workflow_id;
END;

CREATE TRIGGER change_is_due_without AFTER DELETE ON execution WHEN old.workflow_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO change_due (scope_id, workflow)
    SELECT old.scope_id, name FROM definition WHERE id = old.workflow_id;
END;

-- All that is there already.
INSERT INTO change_due (scope_id, workflow)
SELECT DISTINCT e.scope_id, d.name FROM execution e JOIN definition d ON d.id = e.workflow_id
WHERE e.ended_at IS NOT NULL;

CREATE VIEW v_change AS -- One row a moment since which durations or failures are others than before.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    (SELECT value FROM name WHERE id = h.workflow_id) AS workflow,
    (SELECT value FROM name WHERE id = h.path_id) AS node_path,
    h.measure AS measure,
    strftime('%Y-%m-%dT%H:%M:%S', h.at / 1000000000 - (h.at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.at % 1000000000 + 1000000000) % 1000000000 / 1000) AS at,
    h.before AS before,
    h.after AS after,
    h.low AS low,
    h.high AS high,
    -- Over all histories that were looked through (Bonferroni): one of them in twenty archives says more than is so.
    min(1.0, h.p * (SELECT count(*) FROM change_series)) AS p,
    h.with_what AS with_what
FROM change h
JOIN scope c ON c.id = h.scope_id
JOIN source s ON s.id = c.source_id
WHERE h.p * (SELECT count(*) FROM change_series) <= 0.05;

UPDATE derivation SET reason = 'what was read and written' WHERE part = 'execution';

PRAGMA user_version = 6;
