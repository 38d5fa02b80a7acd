-- Version 5: what is to be made again and why, what was lost or cannot be read, names given out again, and views for DuckDB.

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

-- Rows that the server lost, and places that its engine named and never filled.
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

-- Executions whose names Flyte gave out again, and what our reader cannot take.
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
    iif(instr(e.name, '~') > 0, NULL,
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
CREATE VIEW gap AS -- One row a thing that the server withheld or had lost, or that our reader cannot take, as the tables have it.
SELECT
    s.name AS source, c.project AS project, c.domain AS domain, e.name AS execution, i.value AS node_id,
    g.attempt AS attempt, g.field AS field, g.state AS state, w.number AS never_written, t.value AS detail,
    g.seen_at AS seen_at
FROM capture g
JOIN execution e ON e.id = g.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name i ON i.id = g.node_id
LEFT JOIN text t ON t.id = g.detail_id
LEFT JOIN never_written w ON w.execution_id = g.execution_id AND w.number = g.number
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, NULL, l.field, 'lost', NULL, t.value, e.observed_at
FROM lost_row l
JOIN execution e ON e.id = l.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name i ON i.id = l.node_id
LEFT JOIN text t ON t.id = l.detail_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, u.attempt, u.field, 'unreadable', NULL, t.value, e.observed_at
FROM unreadable u
JOIN execution e ON e.id = u.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name i ON i.id = u.node_id
LEFT JOIN text t ON t.id = u.detail_id;

CREATE VIEW v_capture AS -- One row a thing that the server withheld or had lost, or that our reader cannot take.
SELECT
    -- likely() changes nothing; a reader with an engine of its own that lacks it leaves the statement to SQLite.
    likely(g.source) AS source,
    g.project AS project,
    g.domain AS domain,
    g.execution AS execution,
    g.node_id AS node_id,
    g.attempt AS attempt,
    g.field AS field,
    iif(g.never_written IS NULL, g.state, 'never_written') AS state,
    g.detail AS detail,
    strftime('%Y-%m-%dT%H:%M:%S', g.seen_at / 1000000000 - (g.seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM gap g;

-- DuckDB's SQLite reader lists and reads every view; rows and columns are what they were.
--
-- It runs a view's statement in its own engine where it can, and else hands it to SQLite, as it would write it itself. In
-- such a statement there may be no UNION (it puts parentheses around the parts), no LIKE or GLOB as an operator (it knows
-- them by other names), no trim() with two arguments, no char(), and no JOIN without ON. So unions have only the columns
-- of tables, and what is computed from these is a view over the union.

DROP VIEW v_literal_leaf;
DROP VIEW v_literal;
CREATE VIEW literal_place AS -- One row a variable of the inputs or outputs of an execution, a node or an attempt, as the tables have it.
SELECT
    s.name AS source, c.project AS project, c.domain AS domain, e.name AS execution, NULL AS node_id, NULL AS attempt,
    'input' AS direction, v.value AS name, t.value AS type, l.number AS number, l.text AS text, l.json AS json,
    l.uri AS uri, l.size_bytes AS size_bytes
FROM execution e
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = e.id AND l.map = e.input_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, NULL, 'input', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM node n
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = n.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = n.execution_id AND l.map = n.input_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, a.attempt, 'input', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM attempt a
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = a.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = a.execution_id AND l.map = a.input_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, NULL, NULL, 'output', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM execution e
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = e.id AND l.map = e.output_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, NULL, 'output', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM node n
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = n.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = n.execution_id AND l.map = n.output_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id
UNION ALL
SELECT
    s.name, c.project, c.domain, e.name, i.value, a.attempt, 'output', v.value, t.value, l.number, l.text, l.json, l.uri,
    l.size_bytes
FROM attempt a
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = a.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN literal l ON l.execution_id = a.execution_id AND l.map = a.output_map
JOIN name v ON v.id = l.name_id
JOIN name t ON t.id = l.type_id;

CREATE VIEW v_literal AS -- One row a variable of the inputs or outputs of an execution, a node or an attempt.
SELECT
    -- likely() changes nothing; a reader with an engine of its own that lacks it leaves the statement to SQLite.
    likely(l.source) AS source,
    l.project AS project,
    l.domain AS domain,
    l.execution AS execution,
    l.node_id AS node_id,
    l.attempt AS attempt,
    l.direction AS direction,
    l.name AS name,
    l.type AS type,
    coalesce(
        l.json,
        '"' || l.text || '"',
        CASE WHEN l.type = 'boolean' THEN iif(l.number, 'true', 'false') ELSE CAST(l.number AS TEXT) END
    ) AS value_json,
    l.number AS value_number,
    l.text AS value_text,
    coalesce(
        l.uri,
        CASE
            WHEN l.type IN ('file', 'directory', 'schema', 'structured_dataset') THEN l.json ->> '$.uri'
            WHEN l.type = 'offloaded' THEN l.json ->> '$.offloaded.uri'
        END
    ) AS uri,
    l.size_bytes AS size_bytes
FROM literal_place l;

CREATE VIEW v_literal_leaf AS -- One row a number, text, flag or null inside the value of a variable.
SELECT
    likely(l.source) AS source,
    l.project AS project,
    l.domain AS domain,
    l.execution AS execution,
    l.node_id AS node_id,
    l.attempt AS attempt,
    l.direction AS direction,
    l.name AS name,
    -- As value_json ->> path takes it; $ for a value without parts.
    j.fullkey AS path,
    -- integer, real, text, true, false or null.
    j.type AS type,
    CASE WHEN j.type IN ('integer', 'real', 'true', 'false') THEN j.atom END AS value_number,
    CASE WHEN j.type = 'text' THEN j.atom END AS value_text
FROM v_literal l
JOIN json_tree(l.value_json) j ON j.type NOT IN ('object', 'array');

DROP VIEW v_error;
CREATE VIEW error_place AS -- One row a place where the server told an error, as the tables have it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    NULL AS node_id,
    NULL AS attempt,
    e.ended_at AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.id AS error_id
FROM error x
JOIN execution e ON e.error_id = x.id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    i.value AS node_id,
    NULL AS attempt,
    n.ended_at AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.id AS error_id
FROM error x
JOIN node n ON n.error_id = x.id
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = n.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    i.value AS node_id,
    a.attempt AS attempt,
    a.ended_at AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.id AS error_id
FROM error x
JOIN attempt a ON a.error_id = x.id
JOIN node n ON n.execution_id = a.execution_id AND n.number = a.node
JOIN name i ON i.id = n.node_id
JOIN execution e ON e.id = a.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_error AS -- One row a place where the server told an error; error_search finds error_id by words.
SELECT
    x.source AS source,
    x.project AS project,
    x.domain AS domain,
    x.execution AS execution,
    x.node_id AS node_id,
    x.attempt AS attempt,
    strftime('%Y-%m-%dT%H:%M:%S', x.ended_at / 1000000000 - (x.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (x.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    x.kind AS kind,
    x.code AS code,
    x.message AS message,
    x.fingerprint AS fingerprint,
    x.error_id AS error_id
FROM error_place x;

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
    o.column2 AS origin
FROM metric_span p
JOIN (VALUES (1, 'archive'), (2, 'server')) o ON p.origin IN (0, o.column1)
LEFT JOIN execution e ON e.id = p.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

DROP VIEW v_failure;
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
            SELECT code, ltrim(rtrim(CASE
                WHEN NOT like('%Traceback%', said) THEN substr(said, 1, instr(said || ('"\n"' ->> '$'), ('"\n"' ->> '$')) - 1)
                WHEN instr(said, ('"\nMessage:\n"' ->> '$')) THEN substr(told, 1, instr(told || ('"\n"' ->> '$'), ('"\n"' ->> '$')) - 1)
                ELSE substr(said, length(rtrim(said, replace(said, ('"\n"' ->> '$'), ''))) + 1)
            END, ('"\t\r "' ->> '$')), ('"\t\r "' ->> '$')) AS line
            FROM (
                SELECT
                    code, said,
                    ltrim(substr(said, instr(said, ('"\nMessage:\n"' ->> '$')) + 10), ('"\t\n\r "' ->> '$')) AS told
                FROM (
                    SELECT
                        code, rtrim(iif(like('%User error.', said), substr(said, 1, length(said) - 11), said), ('"\t\n\r "' ->> '$')) AS said
                    FROM (
                        SELECT
                            code, ltrim(rtrim(iif(
                                like('[%] currentAttempt done. Last Error: %::%', message),
                                substr(message, instr(message, '::') + 2), message
                            ), ('"\t\n\r "' ->> '$')), ('"\t\n\r "' ->> '$')) AS said
                        FROM (
                            SELECT
                                replace(x.code, 'RetriesExhausted|', '') AS code,
                                replace(x.message, ('"\r\n"' ->> '$'), ('"\n"' ->> '$')) AS message
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

DROP VIEW sealed;
CREATE VIEW sealed AS -- One row a row that has a seal, and what the seal should be.
SELECT 'source' AS part, id AS id, 0 AS number, json_array(name, endpoint, console) AS content
FROM source
UNION ALL
SELECT 'dictionary', id, 0, json_array(trained_at, length(hex(data)) / 2)
FROM dictionary
UNION ALL
SELECT 'execution', id, 0, observed_at
FROM execution
UNION ALL
SELECT 'capture', execution_id, number, json_array(node_id, attempt, task_id, field, state, detail_id, seen_at)
FROM capture
UNION ALL
SELECT 'harvest', id, 0, json_array(source_id, started_at, ended_at, outcome, tool_version, requests, bytes_in,
    executions_new, executions_updated, problems)
FROM harvest
UNION ALL
SELECT 'watermark', scope_id, 0, json_array(updated_at, resume)
FROM watermark
UNION ALL
SELECT 'problem', id, 0, json_array(source_id, project, domain, execution, route, status, message, tries,
    first_seen_at, last_seen_at, resolved_at)
FROM problem
UNION ALL
SELECT 'vanished', execution_id, 0, seen_at
FROM vanished
UNION ALL
SELECT 'redaction', execution_id, number, json_array(node_id, attempt, field, name_id, rule, token, count)
FROM redaction
UNION ALL
SELECT 'definition_redaction', definition_id, number, json_array(field, name_id, rule, token, count)
FROM definition_redaction
UNION ALL
SELECT 'tombstone', id, 0, json_array(source_id, kind, hex(digest), reason, executions, forgotten_at)
FROM tombstone;

-- All of these follow from the messages, and the columns of version 4 as well.
UPDATE derivation SET reason = 'what the server had lost, what its engine never writes and what cannot be read' WHERE part = 'execution';

PRAGMA user_version = 5;
