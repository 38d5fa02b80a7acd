-- Wall time by class
--
-- Where the time between creation and end of the executions went, along their critical paths, without gap or
-- overlap. The shares sum to 1 in each source. Of user code the unseen share is told, too: attempts that nobody saw
-- running count from their creation to their end. Most time first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.

WITH run AS (
    SELECT source, project, domain, name
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
class AS (
    SELECT
        p.source, p.class, sum(p.duration_s) AS total_s,
        count(DISTINCT p.project || '/' || p.domain || '/' || p.execution) AS executions
    FROM run r
    JOIN v_critical_path p
        ON p.source = r.source AND p.project = r.project AND p.domain = r.domain AND p.execution = r.name
    GROUP BY p.source, p.class
),
hidden AS MATERIALIZED (
    SELECT t.source, t.project, t.domain, t.execution, t.node_id, t.attempt
    FROM run r
    JOIN v_task_execution t
        ON t.source = r.source AND t.project = r.project AND t.domain = r.domain AND t.execution = r.name
    WHERE t.duration_s IS NULL
),
unseen AS (
    SELECT h.source, sum(p.duration_s) AS total_s
    FROM hidden h
    CROSS JOIN v_critical_path p
        ON p.source = h.source AND p.project = h.project AND p.domain = h.domain AND p.execution = h.execution
    WHERE p.class = 'user_code' AND p.node_id = h.node_id AND p.attempt = h.attempt
    GROUP BY h.source
)
SELECT
    c.source, c.class, c.total_s, c.total_s / nullif(sum(c.total_s) OVER (PARTITION BY c.source), 0) AS share, c.executions,
    CASE WHEN c.class = 'user_code' THEN coalesce(u.total_s, 0.0) / nullif(c.total_s, 0) END AS unseen_share
FROM class c
LEFT JOIN unseen u ON u.source = c.source
ORDER BY c.total_s DESC, c.source, c.class;
