-- Nodes on the critical path
--
-- How often a node lies on the critical path of its workflow, and for how long: speeding up anything else changes
-- nothing. A node is known by its path in the template (node_path); where the archive has none yet, by its id. The mean
-- is over the executions that have the node on their path. Most time first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only nodes of this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 20.

WITH run AS (
    SELECT source, project, domain, name, workflow
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
step AS (
    SELECT
        p.source, p.project, p.domain, p.execution, r.workflow,
        coalesce(p.node_path, p.node_id) AS node_path,
        sum(p.duration_s) AS duration_s
    FROM run r
    JOIN v_critical_path p
        ON p.source = r.source AND p.project = r.project AND p.domain = r.domain AND p.execution = r.name
    GROUP BY p.source, p.project, p.domain, p.execution, r.workflow, coalesce(p.node_path, p.node_id)
),
size AS (
    SELECT source, project, domain, workflow, count(DISTINCT execution) AS executions
    FROM step
    GROUP BY source, project, domain, workflow
),
node AS (
    SELECT
        source, project, domain, workflow, node_path,
        count(*) AS on_path,
        sum(duration_s) AS total_s,
        max(execution) AS example
    FROM step
    WHERE node_path IS NOT NULL
    GROUP BY source, project, domain, workflow, node_path
)
SELECT
    t.source, t.project, t.domain, t.workflow,
    (
        SELECT coalesce(n.node_name, n.spec_node_id, n.node_id)
        FROM v_node_execution n
        WHERE n.source = t.source AND n.project = t.project AND n.domain = t.domain AND n.execution = t.example
            AND coalesce(n.node_path, n.node_id) = t.node_path
        ORDER BY n.node_id
        LIMIT 1
    ) AS node,
    s.executions, t.on_path,
    1.0 * t.on_path / s.executions AS criticality,
    t.total_s / t.on_path AS mean_s,
    t.total_s, t.node_path
FROM node t
JOIN size s ON s.source = t.source AND s.project = t.project AND s.domain = t.domain AND s.workflow = t.workflow
ORDER BY t.total_s DESC, t.source, t.project, t.domain, t.workflow, t.node_path
LIMIT coalesce(:limit, 20);
