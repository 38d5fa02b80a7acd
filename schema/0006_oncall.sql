-- Version 6: why a harvest failed.

ALTER TABLE harvest ADD COLUMN reason TEXT /* Why it failed; NULL when it did not. */;

DROP VIEW v_harvest;
CREATE VIEW v_harvest AS -- One row a run of the harvester.
SELECT
    s.name AS source,
    h.id AS harvest_id,
    strftime('%Y-%m-%dT%H:%M:%S', h.started_at / 1000000000 - (h.started_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.started_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', h.ended_at / 1000000000 - (h.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
    h.outcome AS outcome,
    h.tool_version AS tool_version,
    h.requests AS requests,
    h.bytes_in AS bytes_in,
    h.executions_new AS executions_new,
    h.executions_updated AS executions_updated,
    h.problems AS problems,
    -- Why it failed: the server did not answer, refused the log-in, did not have the project; NULL when it did not fail.
    h.reason AS reason
FROM harvest h
JOIN source s ON s.id = h.source_id;

-- What was sealed before has no reason, and its seal stays as it is.
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
SELECT 'harvest', id, 0, iif(
    reason IS NULL,
    json_array(source_id, started_at, ended_at, outcome, tool_version, requests, bytes_in, executions_new,
        executions_updated, problems),
    json_array(source_id, started_at, ended_at, outcome, tool_version, requests, bytes_in, executions_new,
        executions_updated, problems, reason)
)
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

PRAGMA user_version = 6;
