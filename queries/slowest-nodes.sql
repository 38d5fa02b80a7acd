-- Slowest nodes
--
-- Seconds from start to end of the nodes that succeeded or failed, by workflow and node of its template; nearest
-- ranks. Start and end nodes are left out, and so are phases of waiting for a person. Runs without a known duration
-- are counted apart. Highest 90th percentile first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only nodes of this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :limit (integer) At most so many rows. Default: 20.

WITH run AS (
    SELECT
        n.source, n.project, n.domain, e.workflow,
        coalesce(n.node_name, n.spec_node_id, n.node_id) AS node, n.task, n.execution, n.node_id, n.duration_s
    FROM v_node_execution n
    JOIN v_execution e
        ON e.source = n.source AND e.project = n.project AND e.domain = n.domain AND e.name = n.execution
    WHERE n.phase IN ('SUCCEEDED', 'FAILED') AND n.kind NOT IN ('start', 'end', 'gate', 'unknown')
        AND (:project IS NULL OR n.project = :project) AND (:domain IS NULL OR n.domain = :domain)
        AND (:workflow IS NULL OR e.workflow = :workflow)
        AND n.ended_at >= coalesce(:since, '') AND n.ended_at < coalesce(:until, '~')
),
ranked AS (
    SELECT
        source, project, domain, workflow, node, task, execution, duration_s,
        row_number() OVER (
            PARTITION BY source, project, domain, workflow, node
            ORDER BY duration_s IS NULL, duration_s, execution, node_id
        ) AS place,
        count(duration_s) OVER (PARTITION BY source, project, domain, workflow, node) AS n
    FROM run
)
SELECT
    source, project, domain, workflow, node,
    max(task) AS task,
    count(*) AS runs,
    count(*) - count(duration_s) AS unknown,
    max(CASE WHEN place = max(1, CAST(ceil(n * 0.5 - 1e-9) AS INTEGER)) THEN duration_s END) AS p50_s,
    max(CASE WHEN place = max(1, CAST(ceil(n * 0.9 - 1e-9) AS INTEGER)) THEN duration_s END) AS p90_s,
    max(duration_s) AS max_s,
    sum(duration_s) AS total_s,
    max(CASE WHEN place = n THEN execution END) AS slowest_execution
FROM ranked
GROUP BY source, project, domain, workflow, node
HAVING count(duration_s) > 0
ORDER BY p90_s DESC, total_s DESC, source, project, domain, workflow, node
LIMIT coalesce(:limit, 20);
