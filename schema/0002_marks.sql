-- Version 2: what audits, redaction, huge literals and forgetting leave behind.

CREATE TABLE pack_part (
    -- What follows the frame of a pack whose content was too large to be held at once. The frame and its parts,
    -- joined in order, are one ordinary zstd stream.
    pack_id INTEGER NOT NULL REFERENCES pack ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The size of what is inside; the pack's own raw_bytes counts all of its parts.
    raw_bytes INTEGER NOT NULL,
    -- A frame, with its content size and checksum.
    data BLOB NOT NULL,
    PRIMARY KEY (pack_id, number)
) STRICT;

CREATE TABLE vanished (
    -- An execution that the server no longer had when an audit asked for it. Its rows stay as they were last seen.
    execution_id INTEGER PRIMARY KEY REFERENCES execution ON DELETE CASCADE,
    -- When the first audit missed it.
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE redaction (
    -- A secret of an execution that was replaced by its token before anything was written.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- The node it belongs to; NULL for the execution's own.
    node_id INTEGER REFERENCES name,
    -- The attempt it belongs to, counting from 0; NULL for the node's or execution's own.
    attempt INTEGER,
    -- Where it stood: inputs, outputs, error, env, label, annotation, log, reason or another field.
    field TEXT NOT NULL,
    -- The variable or key; NULL where there is none.
    name_id INTEGER REFERENCES name,
    -- The rule that found it, as the settings call it.
    rule TEXT NOT NULL,
    -- What stands in its place: equal secrets have equal tokens.
    token TEXT NOT NULL,
    -- How often it stood there.
    count INTEGER NOT NULL,
    PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE definition_redaction (
    -- A secret of a task, a workflow or a launch plan that was replaced likewise.
    definition_id INTEGER NOT NULL REFERENCES definition ON DELETE CASCADE,
    -- 1, 2, …
    number INTEGER NOT NULL,
    -- As in redaction, and so on.
    field TEXT NOT NULL,
    -- The variable or key; NULL where there is none.
    name_id INTEGER REFERENCES name,
    -- The rule that found it.
    rule TEXT NOT NULL,
    -- What stands in its place.
    token TEXT NOT NULL,
    -- How often it stood there.
    count INTEGER NOT NULL,
    PRIMARY KEY (definition_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone (
    -- Something that was erased at its owner's wish: neither a harvest nor a merge brings it back.
    id INTEGER PRIMARY KEY,
    -- The installation.
    source_id INTEGER NOT NULL REFERENCES source,
    -- execution, variable or value.
    kind TEXT NOT NULL,
    -- SHA-256 of an execution's project/domain/name; of a variable's name, followed by a zero byte and the execution
    -- where it was erased in one only; of a value with random bytes before it that nobody kept, so that it cannot be
    -- found by guessing.
    digest BLOB NOT NULL,
    -- Why, in the words of whoever erased it; NULL when nothing was said.
    reason TEXT,
    -- How many executions were erased, or changed, by it.
    executions INTEGER NOT NULL,
    -- When.
    forgotten_at INTEGER NOT NULL,
    UNIQUE (source_id, kind, digest)
) STRICT;

-- From an error to where it was said; few rows have one.
CREATE INDEX execution_by_error ON execution (error_id) WHERE error_id IS NOT NULL;
CREATE INDEX node_by_error ON node (error_id) WHERE error_id IS NOT NULL;
CREATE INDEX attempt_by_error ON attempt (error_id) WHERE error_id IS NOT NULL;

CREATE TABLE erasure (
    -- An execution some of whose data was erased: it is never read again, lest that come back.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- What was erased.
    tombstone_id INTEGER NOT NULL REFERENCES tombstone,
    PRIMARY KEY (execution_id, tombstone_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_vanished AS -- One row an execution that the server no longer had when an audit asked for it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    strftime('%Y-%m-%dT%H:%M:%S', v.seen_at / 1000000000 - (v.seen_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (v.seen_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS seen_at
FROM vanished v
JOIN execution e ON e.id = v.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_redaction AS -- One row a secret that was replaced by its token, and a place where it stood.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    NULL AS definition_kind,
    NULL AS definition,
    NULL AS definition_version,
    n.value AS node_id,
    r.attempt AS attempt,
    r.field AS field,
    k.value AS name,
    r.rule AS rule,
    r.token AS token,
    r.count AS count
FROM redaction r
JOIN execution e ON e.id = r.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name n ON n.id = r.node_id
LEFT JOIN name k ON k.id = r.name_id
UNION ALL
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    NULL AS execution,
    d.kind AS definition_kind,
    d.name AS definition,
    d.version AS definition_version,
    NULL AS node_id,
    NULL AS attempt,
    r.field AS field,
    k.value AS name,
    r.rule AS rule,
    r.token AS token,
    r.count AS count
FROM definition_redaction r
JOIN definition d ON d.id = r.definition_id
JOIN scope c ON c.id = d.scope_id
JOIN source s ON s.id = c.source_id
LEFT JOIN name k ON k.id = r.name_id;

CREATE VIEW v_forgotten AS -- One row something that was erased at its owner's wish.
SELECT
    s.name AS source,
    t.kind AS kind,
    lower(hex(t.digest)) AS digest,
    t.reason AS reason,
    t.executions AS executions,
    strftime('%Y-%m-%dT%H:%M:%S', t.forgotten_at / 1000000000 - (t.forgotten_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (t.forgotten_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS forgotten_at
FROM tombstone t
JOIN source s ON s.id = t.source_id;

CREATE VIEW v_error AS -- One row a place where the server told an error; error_search finds error_id by words.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    NULL AS node_id,
    NULL AS attempt,
    strftime('%Y-%m-%dT%H:%M:%S', e.ended_at / 1000000000 - (e.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (e.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
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
    strftime('%Y-%m-%dT%H:%M:%S', n.ended_at / 1000000000 - (n.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (n.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
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
    strftime('%Y-%m-%dT%H:%M:%S', a.ended_at / 1000000000 - (a.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (a.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at,
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

CREATE VIEW v_message AS -- One row a message as the server sent it: raw(message_id) and raw_json(message_id) give it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    e.key * 1048576 + m.number AS message_id,
    k.value AS kind,
    n.value AS node_id,
    m.attempt AS attempt,
    m.direction AS direction,
    m.length AS length,
    lower(hex(m.sha256)) AS sha256
FROM message m
JOIN execution e ON e.id = m.execution_id
JOIN scope c ON c.id = e.scope_id
JOIN source s ON s.id = c.source_id
JOIN name k ON k.id = m.kind_id
LEFT JOIN name n ON n.id = m.node_id;

CREATE VIEW v_literal_leaf AS -- One row a number, text, flag or null inside the value of a variable.
SELECT
    l.source AS source,
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
JOIN json_tree(l.value_json) j
WHERE j.type NOT IN ('object', 'array');

CREATE TABLE seal (
    -- A second copy of what nothing else in the archive can vouch for: the journal, and our own clock. All other
    -- rows can be made again from the messages, whose hashes are here, and a text or name has its digest or index.
    -- Triggers write it together with the row, in the same transaction; verify compares the two.
    part TEXT NOT NULL,
    -- The row's id, or that of the execution or definition that it belongs to.
    id INTEGER NOT NULL,
    -- The row's number in it; 0 where it has none.
    number INTEGER NOT NULL,
    -- What the view sealed says of the row.
    content ANY,
    PRIMARY KEY (part, id, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW sealed AS -- One row a row that has a seal, and what the seal should be.
SELECT 'source' AS part, id AS id, 0 AS number, json_array(name, endpoint, console) AS content
FROM source
UNION ALL
SELECT 'dictionary', id, 0, json_array(trained_at, length(data))
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

INSERT INTO seal SELECT part, id, number, content FROM sealed;

CREATE TRIGGER source_sealed AFTER INSERT ON source BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'source' AND id = new.id;
END;

CREATE TRIGGER source_sealed_again AFTER UPDATE ON source BEGIN
    DELETE FROM seal WHERE part = 'source' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'source' AND id = new.id;
END;

CREATE TRIGGER source_unsealed AFTER DELETE ON source BEGIN
    DELETE FROM seal WHERE part = 'source' AND id = old.id;
END;

CREATE TRIGGER dictionary_sealed AFTER INSERT ON dictionary BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'dictionary' AND id = new.id;
END;

CREATE TRIGGER dictionary_sealed_again AFTER UPDATE ON dictionary BEGIN
    DELETE FROM seal WHERE part = 'dictionary' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'dictionary' AND id = new.id;
END;

CREATE TRIGGER dictionary_unsealed AFTER DELETE ON dictionary BEGIN
    DELETE FROM seal WHERE part = 'dictionary' AND id = old.id;
END;

CREATE TRIGGER execution_sealed AFTER INSERT ON execution BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'execution' AND id = new.id;
END;

CREATE TRIGGER execution_sealed_again AFTER UPDATE OF id, observed_at ON execution BEGIN
    DELETE FROM seal WHERE part = 'execution' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'execution' AND id = new.id;
END;

CREATE TRIGGER execution_unsealed AFTER DELETE ON execution BEGIN
    DELETE FROM seal WHERE part = 'execution' AND id = old.id;
END;

CREATE TRIGGER capture_sealed AFTER INSERT ON capture BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'capture' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER capture_sealed_again AFTER UPDATE ON capture BEGIN
    DELETE FROM seal WHERE part = 'capture' AND id = old.execution_id AND number = old.number;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'capture' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER capture_unsealed AFTER DELETE ON capture BEGIN
    DELETE FROM seal WHERE part = 'capture' AND id = old.execution_id AND number = old.number;
END;

CREATE TRIGGER harvest_sealed AFTER INSERT ON harvest BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'harvest' AND id = new.id;
END;

CREATE TRIGGER harvest_sealed_again AFTER UPDATE ON harvest BEGIN
    DELETE FROM seal WHERE part = 'harvest' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'harvest' AND id = new.id;
END;

CREATE TRIGGER harvest_unsealed AFTER DELETE ON harvest BEGIN
    DELETE FROM seal WHERE part = 'harvest' AND id = old.id;
END;

CREATE TRIGGER watermark_sealed AFTER INSERT ON watermark BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'watermark' AND id = new.scope_id;
END;

CREATE TRIGGER watermark_sealed_again AFTER UPDATE ON watermark BEGIN
    DELETE FROM seal WHERE part = 'watermark' AND id = old.scope_id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'watermark' AND id = new.scope_id;
END;

CREATE TRIGGER watermark_unsealed AFTER DELETE ON watermark BEGIN
    DELETE FROM seal WHERE part = 'watermark' AND id = old.scope_id;
END;

CREATE TRIGGER problem_sealed AFTER INSERT ON problem BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'problem' AND id = new.id;
END;

CREATE TRIGGER problem_sealed_again AFTER UPDATE ON problem BEGIN
    DELETE FROM seal WHERE part = 'problem' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'problem' AND id = new.id;
END;

CREATE TRIGGER problem_unsealed AFTER DELETE ON problem BEGIN
    DELETE FROM seal WHERE part = 'problem' AND id = old.id;
END;

CREATE TRIGGER vanished_sealed AFTER INSERT ON vanished BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'vanished' AND id = new.execution_id;
END;

CREATE TRIGGER vanished_sealed_again AFTER UPDATE ON vanished BEGIN
    DELETE FROM seal WHERE part = 'vanished' AND id = old.execution_id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'vanished' AND id = new.execution_id;
END;

CREATE TRIGGER vanished_unsealed AFTER DELETE ON vanished BEGIN
    DELETE FROM seal WHERE part = 'vanished' AND id = old.execution_id;
END;

CREATE TRIGGER redaction_sealed AFTER INSERT ON redaction BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'redaction' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER redaction_sealed_again AFTER UPDATE ON redaction BEGIN
    DELETE FROM seal WHERE part = 'redaction' AND id = old.execution_id AND number = old.number;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'redaction' AND id = new.execution_id AND number = new.number;
END;

CREATE TRIGGER redaction_unsealed AFTER DELETE ON redaction BEGIN
    DELETE FROM seal WHERE part = 'redaction' AND id = old.execution_id AND number = old.number;
END;

CREATE TRIGGER definition_redaction_sealed AFTER INSERT ON definition_redaction BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'definition_redaction' AND id = new.definition_id AND number = new.number;
END;

CREATE TRIGGER definition_redaction_sealed_again AFTER UPDATE ON definition_redaction BEGIN
    DELETE FROM seal WHERE part = 'definition_redaction' AND id = old.definition_id AND number = old.number;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'definition_redaction' AND id = new.definition_id AND number = new.number;
END;

CREATE TRIGGER definition_redaction_unsealed AFTER DELETE ON definition_redaction BEGIN
    DELETE FROM seal WHERE part = 'definition_redaction' AND id = old.definition_id AND number = old.number;
END;

CREATE TRIGGER tombstone_sealed AFTER INSERT ON tombstone BEGIN
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'tombstone' AND id = new.id;
END;

CREATE TRIGGER tombstone_sealed_again AFTER UPDATE ON tombstone BEGIN
    DELETE FROM seal WHERE part = 'tombstone' AND id = old.id;
    INSERT OR REPLACE INTO seal SELECT part, id, number, content FROM sealed
    WHERE part = 'tombstone' AND id = new.id;
END;

CREATE TRIGGER tombstone_unsealed AFTER DELETE ON tombstone BEGIN
    DELETE FROM seal WHERE part = 'tombstone' AND id = old.id;
END;

-- When things ended, as the views write it: WHERE ended_at >= '2026-01-05' on a view reads only what it gives.
-- SQLite knows an index by its expression, letter by letter.
DROP INDEX execution_by_end;
CREATE INDEX execution_by_end ON execution (
    strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000000000 - (ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (ended_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);
DROP INDEX node_by_end;
CREATE INDEX node_by_end ON node (
    strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000000000 - (ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (ended_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);
DROP INDEX attempt_by_end;
CREATE INDEX attempt_by_end ON attempt (
    strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000000000 - (ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (ended_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);

-- Failures are few, and asked for from the beginning; so is what is open.
CREATE INDEX attempt_failed ON attempt (execution_id) WHERE phase = 'FAILED';
CREATE INDEX execution_failed ON execution (phase) WHERE phase IN ('FAILED', 'TIMED_OUT');
CREATE INDEX execution_open ON execution (phase) WHERE phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED');

-- The views of version 1 with outer joins, and subqueries for what lies aside: the rows that a view is named after
-- come first, whatever SQLite thinks of its statistics, and what a question does not read is not looked up.

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
        || '/executions/' || e.name AS console_url
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
    n.deck_uri AS deck_uri
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
    e.key * 1048576 + a.output_map AS output_map_id
FROM attempt a
LEFT JOIN execution e ON e.id = a.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN definition d ON d.id = a.task_id;

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
    p.attempt AS attempt,
    (SELECT value FROM name WHERE id = p.operation_id) AS operation,
    strftime('%Y-%m-%dT%H:%M:%S', p.start_at / 1000000000 - (p.start_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.start_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS start_at,
    strftime('%Y-%m-%dT%H:%M:%S', (p.start_at + p.duration_ns) / 1000000000 - ((p.start_at + p.duration_ns) % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', ((p.start_at + p.duration_ns) % 1000000000 + 1000000000) % 1000000000 / 1000) AS end_at,
    p.duration_ns / 1e9 AS duration_s,
    iif(p.is_server, 'server', 'archive') AS origin
FROM span p
LEFT JOIN execution e ON e.id = p.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

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
    p.duration_ns / 1e9 AS duration_s
FROM path_step p
LEFT JOIN execution e ON e.id = p.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

PRAGMA user_version = 2;
