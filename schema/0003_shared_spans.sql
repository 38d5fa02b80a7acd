-- Version 3: metric spans that the server tells as they are computed here are kept once.

CREATE TABLE metric_span (
    -- A stretch of an execution's time, by the rules of Flyte's metrics.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1 when it was computed here, 2 when the server told it; 0 for both, where the server told all of the
    -- execution's spans as they are computed here.
    origin INTEGER NOT NULL,
    -- 1, 2, …, a parent before its children.
    number INTEGER NOT NULL,
    -- The number of the span that it is inside of.
    parent INTEGER,
    -- How deep it lies: 0 for the execution's own.
    depth INTEGER NOT NULL,
    -- The node it belongs to; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt it belongs to, counting from 0.
    attempt INTEGER,
    -- Flyte's operation, such as NODE_SETUP; NULL for the span of an execution, a node or an attempt.
    operation_id INTEGER REFERENCES name,
    -- From when.
    start_at INTEGER NOT NULL,
    -- How long; may be negative, as clocks differ.
    duration_ns INTEGER NOT NULL,
    PRIMARY KEY (execution_id, origin, number)
) STRICT, WITHOUT ROWID;

WITH unequal AS MATERIALIZED (
    SELECT DISTINCT a.execution_id AS id
    FROM span a
    LEFT JOIN span b ON b.execution_id = a.execution_id AND b.is_server = 1 - a.is_server
        AND b.number = a.number AND b.parent IS a.parent AND b.depth = a.depth AND b.node_id IS a.node_id
        AND b.attempt IS a.attempt AND b.operation_id IS a.operation_id AND b.start_at = a.start_at
        AND b.duration_ns = a.duration_ns
    WHERE b.number IS NULL
)
INSERT INTO metric_span
SELECT
    execution_id, iif(execution_id IN (SELECT id FROM unequal), 1 + is_server, 0), number, parent, depth, node_id,
    attempt, operation_id, start_at, duration_ns
FROM span
WHERE is_server = 0 OR execution_id IN (SELECT id FROM unequal)
ORDER BY 1, 2, 3;

DROP VIEW v_span;
DROP TABLE span;

CREATE VIEW v_span AS -- One row a stretch of time, by the rules of Flyte's metrics.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    p.number AS span_id,
    p.parent AS parent_id,
    p.depth AS depth,
    CASE
        WHEN p.operation_id IS NOT NULL THEN 'operation'
        WHEN p.attempt IS NOT NULL THEN 'attempt'
        WHEN p.node_id IS NOT NULL THEN 'node'
        ELSE 'execution'
    END AS entity,
    (SELECT value FROM name WHERE id = p.node_id) AS node_id,
    p.attempt AS attempt,
    (SELECT value FROM name WHERE id = p.operation_id) AS operation,
    strftime('%Y-%m-%dT%H:%M:%S', p.start_at / 1000000000 - (p.start_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.start_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS start_at,
    strftime('%Y-%m-%dT%H:%M:%S', (p.start_at + p.duration_ns) / 1000000000 - ((p.start_at + p.duration_ns) % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', ((p.start_at + p.duration_ns) % 1000000000 + 1000000000) % 1000000000 / 1000) AS end_at,
    p.duration_ns / 1e9 AS duration_s,
    o.name AS origin
FROM metric_span p
JOIN (SELECT 1 AS id, 'archive' AS name UNION ALL SELECT 2, 'server') o ON p.origin IN (0, o.id)
LEFT JOIN execution e ON e.id = p.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

-- Whoever writes a new execution seals it, too: with a trigger SQLite keeps what it would need to undo the row and its
-- ten indexes, and that takes longer than they do.
DROP TRIGGER execution_sealed;

PRAGMA user_version = 3;
