-- Version 6: what wall time and work went to, slack and drag of nodes, what could have been without, and prices.

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

UPDATE derivation SET reason = 'slack and drag of nodes, outcomes of attempts, and what executions would have taken without retries, misses of the cache or queues'
WHERE part = 'execution';

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

PRAGMA user_version = 6;
