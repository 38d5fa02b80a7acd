-- Version 6: rows that the server lost, and places that its engine named and never filled.

CREATE TABLE lost_row (
    -- A row that a workflow's definition, or another row, proves to have existed, and that the server no longer had.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The node that had it; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- What was lost: node for the node's own row, attempts, nodes for all that ran inside of it, phase for how it ended.
    field TEXT NOT NULL,
    -- What proves it: a sentence.
    detail_id INTEGER NOT NULL REFERENCES text,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE never_written (
    -- A row of capture about a place that the engine names and never fills: nothing is missing there.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- The number of the row of capture.
    number INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

DROP VIEW v_capture;
CREATE VIEW v_capture AS -- One row a thing that the server withheld, or had lost.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = g.node_id) AS node_id,
    g.attempt AS attempt,
    g.field AS field,
    iif(
        EXISTS (SELECT 1 FROM never_written n WHERE n.execution_id = g.execution_id AND n.number = g.number),
        'never_written', g.state
    ) AS state,
    (SELECT value FROM text WHERE id = g.detail_id) AS detail,
    strftime('%Y-%m-%dT%H:%M:%S', g.seen_at / 1000000000 - (g.seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM capture g
JOIN execution e ON e.id = g.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = l.node_id) AS node_id,
    NULL AS attempt,
    l.field AS field,
    'lost' AS state,
    (SELECT value FROM text WHERE id = l.detail_id) AS detail,
    strftime('%Y-%m-%dT%H:%M:%S', e.observed_at / 1000000000 - (e.observed_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.observed_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM lost_row l
JOIN execution e ON e.id = l.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

-- Of these, things were never asked for before: attempts of what was skipped or found in a cache, what markers of a workflow's
-- start and end ran, and the workflows that dynamic nodes made where their data did not hold them. 1: the next harvest reads
-- them once more.
UPDATE execution SET reread_at = 1 WHERE reread_at IS NULL AND id NOT IN (SELECT execution_id FROM vanished) AND id IN (
    SELECT n.execution_id
    FROM node n
    WHERE iif(
        n.kind IN ('start', 'end'),
        n.started_at IS NOT NULL,
        n.attempt_count = 0
            AND (n.phase = 'SKIPPED' OR n.cache_status_id = (SELECT id FROM name WHERE value = 'CACHE_HIT'))
    )
    UNION ALL
    SELECT n.execution_id
    FROM node n
    WHERE n.kind = 'dynamic'
        AND NOT EXISTS (SELECT 1 FROM dynamic_edge d WHERE d.execution_id = n.execution_id AND d.node = n.number)
        AND NOT EXISTS (
            SELECT 1 FROM capture g
            WHERE g.execution_id = n.execution_id AND g.node_id = n.node_id AND g.field = 'dynamic_workflow')
);

-- What was lost and what was never written follows from the messages and the definitions.
UPDATE derivation SET reason = 'what the server had lost, and what its engine never writes' WHERE part = 'execution';

PRAGMA user_version = 6;
