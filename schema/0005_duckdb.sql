-- Version 5: every view can be listed and read by DuckDB's SQLite reader; its rows and columns are what they were.
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

PRAGMA user_version = 5;
