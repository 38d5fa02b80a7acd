-- Misses of the cache and their causes
--
-- Why nodes of tasks that have a cache ran all the same. Each miss is held against what the cache had when the node was
-- created: what earlier runs of the task had put there, of which the latest is meant. cause is: overwritten (somebody
-- asked for a new run), stored (something with the same inputs and cache version was there: it had expired, was deleted,
-- or could not be read), first (nothing was there), cache_version, interface (a variable that only one of both has),
-- input (a variable of another value), or unknown (the inputs of one of both are not in the archive). what names the
-- variable, or both versions. A miss that differs in several counts in a row for each. Sweeps differ in what they sweep
-- over, and that is no fault. run_s is what the nodes took. Most time first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only this task.
-- :since (time) Only misses that ended at or after this time; what was there before counts always.
-- :until (time) Only misses that ended before this time.
-- :children (integer) 1 counts nodes of executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

WITH node AS MATERIALIZED (
    SELECT
        row_number() OVER (ORDER BY n.source, n.project, n.domain, n.execution, n.node_id) AS id,
        n.source, n.project, n.domain, n.task, n.execution, n.node_id, n.cache_status, n.created_at, n.ended_at,
        coalesce(n.duration_s, n.wall_s) AS run_s, n.input_map_id IS NOT NULL AS has_inputs,
        n.phase = 'SUCCEEDED' AND n.cache_status IN ('CACHE_HIT', 'CACHE_POPULATED') AS is_stored,
        (
            SELECT d.cache_version FROM v_definition d
            WHERE d.source = n.source AND d.kind = 'task' AND d.project = n.project AND d.domain = n.domain
                AND d.name = n.task AND d.version = n.task_version
        ) AS cache_version
    FROM v_node_execution n
    WHERE n.cache_status IS NOT NULL AND n.cache_status <> 'CACHE_DISABLED' AND n.task IS NOT NULL
        AND (:project IS NULL OR n.project = :project) AND (:domain IS NULL OR n.domain = :domain)
        AND (:task IS NULL OR n.task = :task)
        AND (:children IS NOT 0 OR NOT EXISTS (
            SELECT 1 FROM v_execution e
            WHERE e.source = n.source AND e.project = n.project AND e.domain = n.domain AND e.name = n.execution
                AND e.is_child
        ))
),
inputs AS MATERIALIZED (
    SELECT source, id, json_group_object(name, json_array(value)) AS text, max(value IS NULL) AS is_unknown
    FROM (
        SELECT n.source, n.id, l.name, coalesce(l.value_json, l.uri) AS value
        FROM node n
        CROSS JOIN v_literal l
            ON l.source = n.source AND l.project = n.project AND l.domain = n.domain AND l.execution = n.execution
                AND l.node_id = n.node_id
        WHERE l.attempt IS NULL AND l.direction = 'input'
        ORDER BY n.id, l.name
    )
    GROUP BY source, id
),
known AS MATERIALIZED (
    SELECT
        n.id, n.source, n.project, n.domain, n.task, n.execution, n.node_id, n.cache_status, n.created_at, n.ended_at, n.run_s,
        n.is_stored, n.cache_version,
        -- A value that is not known may be any.
        iif(n.has_inputs AND i.is_unknown IS NOT 1, coalesce(i.text, '{}'), NULL) AS inputs
    FROM node n
    LEFT JOIN inputs i ON i.id = n.id
),
stored AS MATERIALIZED (
    SELECT
        id, source, project, domain, task, ended_at, cache_version, inputs,
        row_number() OVER (PARTITION BY source, project, domain, task ORDER BY ended_at, id) AS place
    FROM known
    WHERE is_stored AND ended_at IS NOT NULL
),
-- When each was there first.
first AS MATERIALIZED (
    SELECT source, project, domain, task, cache_version, inputs, min(ended_at) AS at
    FROM stored
    WHERE inputs IS NOT NULL
    GROUP BY source, project, domain, task, cache_version, inputs
),
-- What was stored, and the misses among it, in the order of time.
stream AS (
    SELECT source, project, domain, task, ended_at AS at, 0 AS turn, place, NULL AS miss FROM stored
    UNION ALL
    SELECT source, project, domain, task, created_at, 1, NULL, id
    FROM known
    WHERE cache_status <> 'CACHE_HIT' AND created_at IS NOT NULL
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
latest AS (
    SELECT
        source, project, domain, task, miss,
        max(place) OVER (
            PARTITION BY source, project, domain, task ORDER BY at, turn ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS place
    FROM stream
),
miss AS MATERIALIZED (
    SELECT
        k.id, k.source, k.project, k.domain, k.task, k.execution, k.node_id, k.ended_at, k.run_s, k.cache_version, k.inputs,
        s.id AS other, s.cache_version AS other_version, s.inputs AS other_inputs,
        CASE
            WHEN k.cache_status = 'CACHE_SKIPPED' THEN 'overwritten'
            WHEN f.at <= k.created_at THEN 'stored'
            WHEN s.id IS NULL THEN 'first'
        END AS cause
    FROM latest l
    JOIN known k ON k.id = l.miss
    LEFT JOIN stored s
        ON s.source = l.source AND s.project = l.project AND s.domain = l.domain AND s.task = l.task AND s.place = l.place
    LEFT JOIN first f
        ON f.source = k.source AND f.project = k.project AND f.domain = k.domain AND f.task = k.task
            AND f.cache_version IS k.cache_version AND f.inputs = k.inputs
    WHERE l.miss IS NOT NULL
),
differing AS (
    SELECT m.id AS miss, iif(o.key IS NULL, 'interface', 'input') AS cause, i.key AS what
    FROM miss m, json_each(m.inputs) i
    LEFT JOIN json_each(m.other_inputs) o ON o.key = i.key
    WHERE m.cause IS NULL AND m.other_inputs IS NOT NULL AND o.value IS NOT i.value
    UNION ALL
    SELECT m.id, 'interface', o.key
    FROM miss m, json_each(m.other_inputs) o
    LEFT JOIN json_each(m.inputs) i ON i.key = o.key
    WHERE m.cause IS NULL AND m.inputs IS NOT NULL AND i.key IS NULL
    UNION ALL
    SELECT id, 'cache_version', coalesce(other_version, '?') || ' → ' || coalesce(cache_version, '?')
    FROM miss
    WHERE cause IS NULL AND cache_version IS NOT other_version
),
cause AS (
    SELECT id AS miss, cause, NULL AS what FROM miss WHERE cause IS NOT NULL
    UNION ALL
    SELECT miss, cause, what FROM differing
    UNION ALL
    SELECT id, 'unknown', NULL FROM miss WHERE cause IS NULL AND id NOT IN (SELECT miss FROM differing)
)
SELECT
    m.source, m.project, m.domain, m.task, c.cause, c.what,
    count(*) AS misses,
    sum(m.run_s) AS run_s,
    max(m.ended_at) AS last_at,
    max(m.execution) AS example
FROM cause c
JOIN miss m ON m.id = c.miss
GROUP BY m.source, m.project, m.domain, m.task, c.cause, c.what
ORDER BY run_s DESC, misses DESC, m.source, m.project, m.domain, m.task, c.cause, c.what
LIMIT coalesce(:limit, 50);
