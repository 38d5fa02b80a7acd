-- Version 6: what time and work went to, what was read and written, what changed when, and why a harvest failed.

-- What a critical path sums up to, so that nobody has to add up its steps.
CREATE TABLE wall_time (
    -- What an execution's wall time went to: the steps of its critical path, summed by class.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- user_code, queue, flyte_overhead, retry, human_wait, cache, child or unexplained.
    class_id INTEGER NOT NULL REFERENCES name,
    -- How long, together; never 0.
    duration_ns INTEGER NOT NULL,
    PRIMARY KEY (execution_id, class_id)
) STRICT, WITHOUT ROWID;

INSERT INTO wall_time (execution_id, class_id, duration_ns)
SELECT execution_id, class_id, sum(duration_ns) FROM path_step GROUP BY execution_id, class_id;

CREATE TABLE what_if (
    -- How long an execution would have taken, had something not cost time; without a row it would have taken as long.
    execution_id INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
    -- no_retries, warm_cache or no_queue.
    scenario_id INTEGER NOT NULL REFERENCES name,
    -- Its wall time, at least.
    low_ns INTEGER NOT NULL,
    -- Its wall time, at most.
    high_ns INTEGER NOT NULL,
    PRIMARY KEY (execution_id, scenario_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE node ADD COLUMN slack_ns INTEGER /* How much longer it could have taken without the execution taking longer; NULL when no end waited for it, and when that is not known. */;
ALTER TABLE node ADD COLUMN drag_ns INTEGER /* How much less the execution would have taken, had it taken no time; NULL when that is not known, and until it is derived. */;
ALTER TABLE node ADD COLUMN is_on_path INTEGER /* 1 when a step of the critical path is at it or inside of it; NULL while there is no path, and until it is derived. */;
ALTER TABLE attempt ADD COLUMN outcome TEXT /* useful, failed, retried, aborted or cached; NULL while it goes on, and until it is derived. */;


CREATE VIEW v_wall_time AS -- One row a class of an execution that has ended: what its time from creation to end went to. They sum to it exactly.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = w.class_id) AS class,
    w.duration_ns / 1e9 AS duration_s,
    1.0 * w.duration_ns / (e.ended_at - e.created_at) AS share
FROM wall_time w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE VIEW work AS -- One row an attempt that has ended, with the container time that it took, as the tables have it.
SELECT
    a.execution_id AS execution_id,
    a.node AS node,
    a.attempt AS attempt,
    a.task_id AS task_id,
    a.outcome AS outcome,
    a.elements AS elements,
    coalesce(a.replicas, 1) AS replicas,
    a.ended_at AS ended_at,
    a.duration_ns IS NOT NULL OR a.had_container IS 0 AS is_seen,
    -- What never had a container counts nothing. Of a map's elements one at least ran at a time, and all at most.
    CASE WHEN a.had_container IS 0 THEN 0.0 ELSE max(0, coalesce(a.duration_ns, 0)) / 1e9 END
        * coalesce(a.replicas, 1) * min(1, coalesce(a.elements, 1)) AS seconds_low,
    CASE WHEN a.had_container IS 0 THEN 0.0 ELSE max(0, coalesce(a.duration_ns, a.ended_at - a.created_at, 0)) / 1e9 END
        * coalesce(a.replicas, 1) * coalesce(a.elements, 1) AS seconds_high,
    d.name AS task,
    coalesce(a.cpu_request, d.cpu_request) AS cores,
    coalesce(a.memory_request_bytes, d.memory_request_bytes) / 1073741824.0 AS gib,
    -- A task whose definition is known and asks for none has none.
    coalesce(a.gpu_request, d.gpu_request, iif(d.pack_id IS NOT NULL, 0.0, NULL)) AS gpus
FROM attempt a
LEFT JOIN definition d ON d.id = a.task_id
WHERE a.outcome IS NOT NULL;

CREATE VIEW v_work_time AS -- One row an attempt that has ended: the container time that it took, and what became of it.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = w.execution_id AND n.number = w.node
    ) AS node_id,
    w.attempt AS attempt,
    w.task AS task,
    w.outcome AS outcome,
    w.elements AS elements,
    w.replicas AS replicas,
    w.seconds_low AS seconds_low,
    w.seconds_high AS seconds_high,
    w.seconds_low * w.cores / 3600 AS core_hours_low,
    w.seconds_high * w.cores / 3600 AS core_hours,
    w.seconds_low * w.gib / 3600 AS gib_hours_low,
    w.seconds_high * w.gib / 3600 AS gib_hours,
    w.seconds_low * w.gpus / 3600 AS gpu_hours_low,
    w.seconds_high * w.gpus / 3600 AS gpu_hours,
    w.is_seen AS is_seen,
    strftime('%Y-%m-%dT%H:%M:%S', w.ended_at / 1000000000 - (w.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (w.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at
FROM work w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE VIEW v_slack AS -- One row a node of an execution that has ended: what it meant for how long that took.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = n.node_id) AS node_id,
    n.slack_ns / 1e9 AS slack_s,
    n.drag_ns / 1e9 AS drag_s,
    n.is_on_path AS on_path,
    (SELECT value FROM name WHERE id = n.path_id) AS node_path
FROM node n
LEFT JOIN execution e ON e.id = n.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
WHERE n.is_on_path IS NOT NULL AND n.kind NOT IN ('start', 'end');

CREATE VIEW v_what_if AS -- One row an execution and something that it could have done without: how long it would have taken then.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (SELECT value FROM name WHERE id = w.scenario_id) AS scenario,
    w.low_ns / 1e9 AS wall_low_s,
    w.high_ns / 1e9 AS wall_high_s,
    (e.ended_at - e.created_at) / 1e9 AS wall_s
FROM what_if w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id;

CREATE TABLE price (
    -- What an hour of a resource costs in a time: an entry of the book that 'flightlog prices' put in, whole.
    number INTEGER PRIMARY KEY,
    -- From when it holds.
    from_at INTEGER NOT NULL,
    -- Until when; NULL until further notice.
    until_at INTEGER,
    -- Only for this installation; NULL for any, and likewise the next three.
    source TEXT,
    -- Only for this cluster.
    cluster TEXT,
    -- Only for this project.
    project TEXT,
    -- Only for this domain.
    domain TEXT,
    -- What the prices are in, such as EUR.
    currency TEXT NOT NULL,
    -- The price of a CPU core for an hour; NULL when the book does not say, as the next two.
    core_hour REAL,
    -- The price of a GiB of memory for an hour.
    gib_hour REAL,
    -- The price of a GPU for an hour.
    gpu_hour REAL
) STRICT;

CREATE VIEW v_price AS -- One row an entry of the price book. Where several hold, that of most installation, cluster, project and domain does, then the later.
SELECT
    p.source AS source,
    p.cluster AS cluster,
    p.project AS project,
    p.domain AS domain,
    strftime('%Y-%m-%dT%H:%M:%S', p.from_at / 1000000000 - (p.from_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.from_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS from_at,
    strftime('%Y-%m-%dT%H:%M:%S', p.until_at / 1000000000 - (p.until_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (p.until_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS until_at,
    p.currency AS currency,
    p.core_hour AS core_hour,
    p.gib_hour AS gib_hour,
    p.gpu_hour AS gpu_hour,
    p.number AS number
FROM price p;

CREATE VIEW v_cost AS -- One row an attempt that has ended: its container time by the prices that held when it ended.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    e.name AS execution,
    (
        SELECT name.value FROM node n JOIN name ON name.id = n.node_id
        WHERE n.execution_id = w.execution_id AND n.number = w.node
    ) AS node_id,
    w.attempt AS attempt,
    w.task AS task,
    w.outcome AS outcome,
    w.seconds_low AS seconds_low,
    w.seconds_high AS seconds_high,
    p.currency AS currency,
    -- What is both requested and priced counts; NULL when nothing is.
    CASE
        WHEN p.number IS NULL THEN NULL
        WHEN w.seconds_high = 0 THEN 0.0
        WHEN coalesce(w.cores * p.core_hour, w.gib * p.gib_hour, w.gpus * p.gpu_hour) IS NOT NULL
            AND (w.cores IS NOT NULL OR w.gib IS NOT NULL OR w.gpus > 0)
            THEN (coalesce(w.cores * p.core_hour, 0) + coalesce(w.gib * p.gib_hour, 0) + coalesce(w.gpus * p.gpu_hour, 0))
                * w.seconds_low / 3600
    END AS cost_low,
    CASE
        WHEN p.number IS NULL THEN NULL
        WHEN w.seconds_high = 0 THEN 0.0
        WHEN coalesce(w.cores * p.core_hour, w.gib * p.gib_hour, w.gpus * p.gpu_hour) IS NOT NULL
            AND (w.cores IS NOT NULL OR w.gib IS NOT NULL OR w.gpus > 0)
            THEN (coalesce(w.cores * p.core_hour, 0) + coalesce(w.gib * p.gib_hour, 0) + coalesce(w.gpus * p.gpu_hour, 0))
                * w.seconds_high / 3600
    END AS cost,
    -- A GPU that is not asked for needs no price.
    p.number IS NOT NULL AND (w.seconds_high = 0 OR (
        w.cores * p.core_hour IS NOT NULL AND w.gib * p.gib_hour IS NOT NULL
            AND (w.gpus IS 0.0 OR w.gpus * p.gpu_hour IS NOT NULL)
    )) AS is_whole,
    w.is_seen AS is_seen,
    strftime('%Y-%m-%dT%H:%M:%S', w.ended_at / 1000000000 - (w.ended_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (w.ended_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS ended_at
FROM work w
LEFT JOIN execution e ON e.id = w.execution_id
LEFT JOIN scope c ON c.id = e.scope_id
LEFT JOIN source s ON s.id = c.source_id
LEFT JOIN price p ON p.number = (
    SELECT q.number FROM price q
    WHERE q.from_at <= w.ended_at AND (q.until_at IS NULL OR q.until_at > w.ended_at)
        AND (q.source IS NULL OR q.source = s.name)
        AND (q.cluster IS NULL OR q.cluster = (SELECT value FROM name WHERE id = e.cluster_id))
        AND (q.project IS NULL OR q.project = c.project)
        AND (q.domain IS NULL OR q.domain = c.domain)
    ORDER BY
        (q.source IS NOT NULL) + (q.cluster IS NOT NULL) + (q.project IS NOT NULL) + (q.domain IS NOT NULL) DESC,
        q.from_at DESC, q.number DESC
    LIMIT 1
);

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

-- 'flightlog list' shows the newest first, however many there are.
CREATE INDEX execution_by_creation ON execution (
    strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000000 - (created_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (created_at % 1000000000 + 1000000000) % 1000000000 / 1000)
);

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

UPDATE derivation SET reason =
    'what was read and written; slack and drag of nodes, outcomes of attempts, and what executions would have taken without retries, misses of the cache or queues'
WHERE part = 'execution';

PRAGMA user_version = 6;
