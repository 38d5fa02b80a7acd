-- Nodes on the critical path
--
-- How often a node lies on the critical path of its workflow, and for how long: speeding up anything else changes
-- nothing. The mean is over the executions that have the node on their path. Most time first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only nodes of this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :limit (integer) At most so many rows. Default: 20.

WITH run AS (
    SELECT source, project, domain, name, workflow
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
node AS MATERIALIZED (
    SELECT
        n.source, n.project, n.domain, n.execution, n.node_id, coalesce(n.node_name, n.spec_node_id, n.node_id) AS node
    FROM run r
    JOIN v_node_execution n
        ON n.source = r.source AND n.project = r.project AND n.domain = r.domain AND n.execution = r.name
),
step AS (
    SELECT p.source, p.project, p.domain, p.execution, r.workflow, n.node, p.duration_s
    FROM run r
    JOIN v_critical_path p
        ON p.source = r.source AND p.project = r.project AND p.domain = r.domain AND p.execution = r.name
    LEFT JOIN node n
        ON n.source = p.source AND n.project = p.project AND n.domain = p.domain AND n.execution = p.execution
        AND n.node_id = p.node_id
),
size AS (
    SELECT source, project, domain, workflow, count(DISTINCT execution) AS executions
    FROM step
    GROUP BY source, project, domain, workflow
)
SELECT
    t.source, t.project, t.domain, t.workflow, t.node, s.executions,
    count(DISTINCT t.execution) AS on_path,
    1.0 * count(DISTINCT t.execution) / s.executions AS criticality,
    sum(t.duration_s) / count(DISTINCT t.execution) AS mean_s,
    sum(t.duration_s) AS total_s
FROM step t
JOIN size s ON s.source = t.source AND s.project = t.project AND s.domain = t.domain AND s.workflow = t.workflow
WHERE t.node IS NOT NULL
GROUP BY t.source, t.project, t.domain, t.workflow, t.node
ORDER BY total_s DESC, t.source, t.project, t.domain, t.workflow, t.node
LIMIT coalesce(:limit, 20);
