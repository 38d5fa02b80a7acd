-- Version 4: the class of each cause, the path of each node, and what an attempt multiplies its request by.

-- Comments stand behind the type: only what is inside a column's definition stays in the file.
ALTER TABLE execution ADD COLUMN cause_class TEXT /* Of a FAILED or TIMED_OUT one: user, system, timeout, rejected or unknown; NULL until it is derived. */;
ALTER TABLE node ADD COLUMN path_id INTEGER REFERENCES name /* The ids in the template from the top down to it, with / between them: the same in every run; NULL until it is derived. */;
ALTER TABLE attempt ADD COLUMN elements INTEGER /* Of a map task: how many of its elements ran; 1 for all else, NULL until it is derived. */;
ALTER TABLE attempt ADD COLUMN replicas INTEGER /* How many containers of the request it runs at once; NULL until it is derived. */;
ALTER TABLE attempt ADD COLUMN had_container INTEGER /* 0 when it is known never to have had a container; NULL until it is derived. */;

CREATE VIEW cause AS -- One row an execution that failed or timed out, with its cause by the ids of the tables.
SELECT
    e.id AS execution_id,
    coalesce(e.cause_id, e.error_id) AS error_id,
    -- The one place that says what an archive means in which nothing was derived yet.
    coalesce(e.cause_class, CASE
        WHEN e.phase = 'TIMED_OUT' THEN 'timeout'
        WHEN e.cause_id IS NULL AND e.error_id IS NULL THEN 'unknown'
        ELSE (
            SELECT CASE
                WHEN replace(x.code, 'RetriesExhausted|', '') IN ('Timeout', 'TimeoutExpired', 'TimeoutExceeded')
                    THEN 'timeout'
                WHEN e.started_at IS NULL AND e.node_count = 0 THEN 'rejected'
                WHEN x.kind = 'USER' THEN 'user'
                WHEN x.kind = 'SYSTEM' THEN 'system'
                ELSE 'unknown'
            END
            FROM error x WHERE x.id = coalesce(e.cause_id, e.error_id)
        )
    END) AS cause_class,
    CASE
        WHEN e.cause_execution IS NULL OR e.cause_execution = e.name THEN e.id
        ELSE (
            SELECT y.id FROM execution y
            JOIN scope z ON z.id = y.scope_id
            JOIN scope c ON c.id = e.scope_id AND c.source_id = z.source_id
            -- The name behind the last slash.
            WHERE y.name = substr(e.cause_execution, length(rtrim(e.cause_execution, replace(e.cause_execution, '/', ''))) + 1)
                AND iif(instr(e.cause_execution, '/'), z.project || '/' || z.domain || '/' || y.name, z.id = c.id)
                    = iif(instr(e.cause_execution, '/'), e.cause_execution, 1)
            ORDER BY y.created_at DESC LIMIT 1
        )
    END AS cause_execution_id
FROM execution e
WHERE e.phase IN ('FAILED', 'TIMED_OUT');

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
    coalesce(s.console, s.endpoint) || '/console/projects/' || c.project || '/domains/' || c.domain
        || '/executions/' || e.name AS console_url,
    e.parent IS NOT NULL OR e.mode = 'CHILD_WORKFLOW' AS is_child,
    (SELECT cause_class FROM cause WHERE execution_id = e.id) AS cause_class
FROM execution e
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition l ON l.id = e.launch_plan_id
LEFT JOIN definition w ON w.id = e.workflow_id;

DROP VIEW v_node_execution;
CREATE VIEW v_node_execution AS -- One row a node.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = n.node_id) AS node_id,
    (SELECT value FROM name WHERE id = n.spec_node_id) AS spec_node_id,
    (SELECT value FROM name WHERE id = n.name_id) AS node_name,
    (
        SELECT name.value FROM node p JOIN name ON name.id = p.node_id
        WHERE p.execution_id = n.execution_id AND p.number = n.parent
    ) AS parent_node_id,
    n.depth AS depth,
    n.kind AS kind,
    n.retry_group AS retry_group,
    n.phase AS phase,
    d.name AS task,
    d.version AS task_version,
    (SELECT value FROM name WHERE id = n.task_type_id) AS task_type,
    (SELECT value FROM name WHERE id = n.cache_status_id) AS cache_status,
    strftime('%Y-%m-%dT%H:%M:%S', n.created_at / 1000000000 - (n.created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (n.created_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', n.started_at / 1000000000 - (n.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (n.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', n.ended_at / 1000000000 - (n.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (n.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (n.started_at - n.created_at) / 1e9 AS queue_s,
    n.duration_ns / 1e9 AS duration_s,
    (n.ended_at - n.created_at) / 1e9 AS wall_s,
    n.attempt_count AS attempt_count,
    (SELECT kind FROM error WHERE id = n.error_id) AS error_kind,
    (SELECT code FROM error WHERE id = n.error_id) AS error_code,
    (SELECT message FROM error WHERE id = n.error_id) AS error_message,
    n.child AS child_execution,
    e.key * 1048576 + n.input_map AS input_map_id,
    e.key * 1048576 + n.output_map AS output_map_id,
    n.deck_uri AS deck_uri,
    (SELECT value FROM name WHERE id = n.path_id) AS node_path
FROM node n
LEFT JOIN execution e ON e.id = n.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition d ON d.id = n.task_id;

DROP VIEW v_task_execution;
CREATE VIEW v_task_execution AS -- One row an attempt of a task.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = a.execution_id AND n.number = a.node
    ) AS node_id,
    a.attempt AS attempt,
    d.name AS task,
    d.version AS task_version,
    (SELECT value FROM name WHERE id = a.task_type_id) AS task_type,
    a.phase AS phase,
    strftime('%Y-%m-%dT%H:%M:%S', a.created_at / 1000000000 - (a.created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (a.created_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', a.started_at / 1000000000 - (a.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (a.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', a.ended_at / 1000000000 - (a.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (a.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (a.started_at - a.created_at) / 1e9 AS queue_s,
    a.duration_ns / 1e9 AS duration_s,
    (a.ended_at - a.created_at) / 1e9 AS wall_s,
    (SELECT kind FROM error WHERE id = a.error_id) AS error_kind,
    (SELECT code FROM error WHERE id = a.error_id) AS error_code,
    (SELECT message FROM error WHERE id = a.error_id) AS error_message,
    (SELECT fingerprint FROM error WHERE id = a.error_id) AS fingerprint,
    (SELECT value FROM text WHERE id = a.reason_id) AS reason,
    coalesce(a.cpu_request, d.cpu_request) AS cpu_request,
    coalesce(a.memory_request_bytes, d.memory_request_bytes) AS memory_request_bytes,
    coalesce(a.gpu_request, d.gpu_request) AS gpu_request,
    a.pod AS pod,
    e.key * 1048576 + a.input_map AS input_map_id,
    e.key * 1048576 + a.output_map AS output_map_id,
    a.elements AS elements,
    a.replicas AS replicas,
    a.had_container AS had_container
FROM attempt a
LEFT JOIN execution e ON e.id = a.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition d ON d.id = a.task_id;

DROP VIEW v_critical_path;
CREATE VIEW v_critical_path AS -- One row a step of an execution's critical path.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    p.step AS step,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = p.execution_id AND n.number = p.node
    ) AS node_id,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.spec_node_id
        WHERE n.execution_id = p.execution_id AND n.number = p.node
    ) AS spec_node_id,
    p.attempt AS attempt,
    (SELECT value FROM name WHERE id = p.class_id) AS class,
    strftime('%Y-%m-%dT%H:%M:%S', p.start_at / 1000000000 - (p.start_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.start_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS start_at,
    strftime('%Y-%m-%dT%H:%M:%S', (p.start_at + p.duration_ns) / 1000000000 - ((p.start_at + p.duration_ns) % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', ((p.start_at + p.duration_ns) % 1000000000 + 1000000000) % 1000000000 / 1000) AS end_at,
    p.duration_ns / 1e9 AS duration_s,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.path_id
        WHERE n.execution_id = p.execution_id AND n.number = p.node
    ) AS node_path
FROM path_step p
LEFT JOIN execution e ON e.id = p.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

DROP VIEW v_span;
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
    -- What Flyte does within an attempt is the attempt's.
    coalesce(p.attempt, (
        SELECT q.attempt FROM metric_span q
        WHERE q.execution_id = p.execution_id AND q.origin = p.origin AND q.number = p.parent
    )) AS attempt,
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

CREATE VIEW v_failure AS -- One row an execution that failed or timed out, by what caused it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    w.name AS workflow,
    strftime('%Y-%m-%dT%H:%M:%S', e.ended_at / 1000000000 - (e.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    (SELECT fingerprint FROM error WHERE id = f.error_id) AS fingerprint,
    (SELECT CAST(fingerprint AS INTEGER) FROM error WHERE id = f.error_id) AS fingerprint_rule,
    (
        -- The code, unless the line begins with its last word: of a traceback the line with the exception, else the
        -- first line without what the engine writes around the last attempt's.
        SELECT substr(CASE
            WHEN line = '' THEN code
            WHEN code = '' OR instr(line, substr(code, length(rtrim(code, replace(code, ':', ''))) + 1)) = 1 THEN line
            ELSE code || ': ' || line
        END, 1, 160)
        FROM (
            SELECT code, trim(CASE
                WHEN said NOT LIKE '%Traceback%' THEN substr(said, 1, instr(said || char(10), char(10)) - 1)
                WHEN instr(said, char(10) || 'Message:' || char(10)) THEN substr(told, 1, instr(told || char(10), char(10)) - 1)
                ELSE substr(said, length(rtrim(said, replace(said, char(10), ''))) + 1)
            END, char(9, 13, 32)) AS line
            FROM (
                SELECT
                    code, said,
                    ltrim(substr(said, instr(said, char(10) || 'Message:' || char(10)) + 10), char(9, 10, 13, 32)) AS told
                FROM (
                    SELECT
                        code, rtrim(iif(said LIKE '%User error.', substr(said, 1, length(said) - 11), said), char(9, 10, 13, 32)) AS said
                    FROM (
                        SELECT
                            code, trim(iif(
                                message LIKE '[%] currentAttempt done. Last Error: %::%',
                                substr(message, instr(message, '::') + 2), message
                            ), char(9, 10, 13, 32)) AS said
                        FROM (
                            SELECT
                                replace(x.code, 'RetriesExhausted|', '') AS code,
                                replace(x.message, char(13, 10), char(10)) AS message
                            FROM error x WHERE x.id = f.error_id
                        )
                    )
                )
            )
        )
    ) AS label,
    f.cause_class AS cause_class,
    e.cause_execution AS cause_execution,
    (SELECT value FROM name WHERE id = e.cause_node_id) AS cause_node_id,
    e.cause_attempt AS cause_attempt,
    (
        SELECT d.name FROM node n
        LEFT JOIN attempt a
            ON a.execution_id = n.execution_id AND a.node = n.number AND a.attempt = e.cause_attempt
        JOIN definition d ON d.id = coalesce(a.task_id, n.task_id)
        WHERE n.execution_id = f.cause_execution_id AND n.node_id = e.cause_node_id
        LIMIT 1
    ) AS task,
    e.parent IS NOT NULL OR e.mode = 'CHILD_WORKFLOW' AS is_child
FROM cause f
JOIN execution e ON e.id = f.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition w ON w.id = e.workflow_id;

PRAGMA user_version = 4;
