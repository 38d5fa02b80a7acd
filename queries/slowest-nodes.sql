-- Slowest nodes
--
-- Seconds from start to end of the nodes that succeeded, by workflow and node; nearest ranks. A node is known by its path
-- in the template (node_path); where the archive has none yet, by its id. Failed ones are counted apart: they were cut
-- off, and are in no percentile. Start and end nodes are left out, and so are phases of waiting for a person. Runs
-- without a known duration are counted apart, too. Highest 90th percentile first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only nodes of this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 20.

WITH run AS (
    SELECT
        n.source, n.project, n.domain, e.workflow, coalesce(n.node_path, n.node_id) AS node_path,
        coalesce(n.node_name, n.spec_node_id, n.node_id) AS node, n.task, n.execution, n.node_id, n.phase, n.duration_s,
        n.phase = 'SUCCEEDED' AND n.duration_s IS NOT NULL AS is_ranked
    FROM v_node_execution n
    JOIN v_execution e
        ON e.source = n.source AND e.project = n.project AND e.domain = n.domain AND e.name = n.execution
    WHERE n.phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT') AND n.kind NOT IN ('start', 'end', 'gate', 'unknown')
        AND (:project IS NULL OR n.project = :project) AND (:domain IS NULL OR n.domain = :domain)
        AND (:workflow IS NULL OR e.workflow = :workflow)
        AND (:children IS NOT 0 OR e.is_child IS NOT 1)
        AND n.ended_at >= coalesce(:since, '') AND n.ended_at < coalesce(:until, '~')
),
ranked AS (
    SELECT
        source, project, domain, workflow, node_path, node, task, execution, phase, duration_s, is_ranked,
        row_number() OVER (
            PARTITION BY source, project, domain, workflow, node_path
            ORDER BY is_ranked DESC, duration_s, execution, node_id
        ) AS place,
        sum(is_ranked) OVER (PARTITION BY source, project, domain, workflow, node_path) AS n
    FROM run
)
SELECT
    source, project, domain, workflow,
    max(node) AS node,
    max(task) AS task,
    count(*) AS runs,
    sum(phase <> 'SUCCEEDED') AS failed,
    sum(phase = 'SUCCEEDED' AND duration_s IS NULL) AS unknown,
    max(CASE WHEN place = max(1, CAST(ceil(n * 0.5 - 1e-9) AS INTEGER)) THEN duration_s END) AS p50_s,
    max(CASE WHEN place = max(1, CAST(ceil(n * 0.9 - 1e-9) AS INTEGER)) THEN duration_s END) AS p90_s,
    max(CASE WHEN is_ranked THEN duration_s END) AS max_s,
    sum(CASE WHEN is_ranked THEN duration_s END) AS total_s,
    max(CASE WHEN place = n THEN execution END) AS slowest_execution,
    node_path
FROM ranked
GROUP BY source, project, domain, workflow, node_path
HAVING sum(is_ranked) > 0
ORDER BY p90_s DESC, total_s DESC, source, project, domain, workflow, node_path
LIMIT coalesce(:limit, 20);
