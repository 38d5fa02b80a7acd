-- Version 7: executions whose names Flyte gave out again, and what our reader cannot take.

-- Those of a name that came before are called name~1, name~2, …: the oldest first. Which of them a row means that refers
-- to a name is looked up by these.
CREATE INDEX execution_renamed ON execution (name) WHERE instr(name, '~') > 0;
CREATE INDEX execution_by_reference ON execution (reference) WHERE reference IS NOT NULL;

DROP VIEW v_execution;
CREATE VIEW v_execution AS -- One row a workflow execution.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS name,
    l.name AS launch_plan,
    l.version AS launch_plan_version,
    w.name AS workflow,
    w.version AS workflow_version,
    e.phase AS phase,
    e.mode AS mode,
    (SELECT value FROM name WHERE id = e.principal_id) AS principal,
    (SELECT value FROM name WHERE id = e.cluster_id) AS cluster,
    e.nesting AS nesting,
    strftime('%Y-%m-%dT%H:%M:%S', e.created_at / 1000000000 - (e.created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.created_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', e.started_at / 1000000000 - (e.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', e.ended_at / 1000000000 - (e.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (e.started_at - e.created_at) / 1e9 AS queue_s,
    e.duration_ns / 1e9 AS duration_s,
    (e.ended_at - e.created_at) / 1e9 AS wall_s,
    strftime('%Y-%m-%dT%H:%M:%S', e.scheduled_at / 1000000000 - (e.scheduled_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.scheduled_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS scheduled_at,
    (SELECT kind FROM error WHERE id = e.error_id) AS error_kind,
    (SELECT code FROM error WHERE id = e.error_id) AS error_code,
    (SELECT message FROM error WHERE id = e.error_id) AS error_message,
    (SELECT kind FROM error WHERE id = e.cause_id) AS cause_kind,
    (SELECT code FROM error WHERE id = e.cause_id) AS cause_code,
    (SELECT message FROM error WHERE id = e.cause_id) AS cause_message,
    e.cause_execution AS cause_execution,
    (SELECT value FROM name WHERE id = e.cause_node_id) AS cause_node_id,
    e.cause_attempt AS cause_attempt,
    (SELECT value FROM text WHERE id = e.abort_cause_id) AS abort_cause,
    (SELECT value FROM name WHERE id = e.abort_principal_id) AS abort_principal,
    e.parent AS parent_execution,
    (SELECT value FROM name WHERE id = e.parent_node_id) AS parent_node_id,
    e.reference AS reference_execution,
    e.is_archived AS archived,
    e.node_count AS node_count,
    e.attempt_count AS attempt_count,
    e.retry_count AS retry_count,
    e.key * 1048576 + e.input_map AS input_map_id,
    e.key * 1048576 + e.output_map AS output_map_id,
    e.is_complete AS is_complete,
    -- The page of an earlier execution of a name would be that of the later one.
    iif(e.name GLOB '*~[0-9]*', NULL,
        coalesce(s.console, s.endpoint) || '/console/projects/' || c.project || '/domains/' || c.domain
            || '/executions/' || e.name) AS console_url,
    e.parent IS NOT NULL OR e.mode = 'CHILD_WORKFLOW' AS is_child,
    (SELECT cause_class FROM cause WHERE execution_id = e.id) AS cause_class
FROM execution e
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition l ON l.id = e.launch_plan_id
LEFT JOIN definition w ON w.id = e.workflow_id;

CREATE TABLE unreadable (
    -- What is in a message byte for byte, and our reader cannot take or cannot show as it is: nothing is missing.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The node that it is of; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt that it is of, counting from 0; NULL for the node's or execution's own.
    attempt INTEGER,
    -- As capture has it: inputs, outputs, data, metrics, signals, dynamic_workflow, task, workflow, execution, node or attempt.
    field TEXT NOT NULL,
    -- What of it, and why.
    detail_id INTEGER NOT NULL REFERENCES text,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

DROP VIEW v_capture;
CREATE VIEW v_capture AS -- One row a thing that the server withheld, or had lost, or that our reader cannot take.
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
JOIN source s ON s.id = c.source_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = u.node_id) AS node_id,
    u.attempt AS attempt,
    u.field AS field,
    'unreadable' AS state,
    (SELECT value FROM text WHERE id = u.detail_id) AS detail,
    strftime('%Y-%m-%dT%H:%M:%S', e.observed_at / 1000000000 - (e.observed_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.observed_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM unreadable u
JOIN execution e ON e.id = u.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

-- What our reader cannot take is found in the messages.
UPDATE derivation SET reason = 'what cannot be read in their messages' WHERE part = 'execution';

PRAGMA user_version = 7;
