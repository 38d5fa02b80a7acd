-- Longest executions
--
-- By wall time, from creation to end, with where it went: seconds of each class along the critical path. Open
-- executions are not here: ask open-executions.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 20.

WITH longest AS MATERIALIZED (
    SELECT source, project, domain, name, workflow, phase, created_at, wall_s
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    ORDER BY wall_s DESC, source, project, domain, name
    LIMIT coalesce(:limit, 20)
),
spent AS (
    SELECT
        l.source, l.project, l.domain, l.name,
        sum(p.duration_s) FILTER (WHERE p.class = 'user_code') AS user_code_s,
        sum(p.duration_s) FILTER (WHERE p.class = 'queue') AS queue_s,
        sum(p.duration_s) FILTER (WHERE p.class = 'flyte_overhead') AS flyte_overhead_s,
        sum(p.duration_s) FILTER (WHERE p.class = 'retry') AS retry_s,
        sum(p.duration_s) FILTER (WHERE p.class = 'human_wait') AS human_wait_s,
        sum(p.duration_s) FILTER (WHERE p.class = 'cache') AS cache_s,
        sum(p.duration_s) FILTER (WHERE p.class = 'child') AS child_s,
        sum(p.duration_s) FILTER (WHERE p.class = 'unexplained') AS unexplained_s
    FROM longest l
    JOIN v_critical_path p
        ON p.source = l.source AND p.project = l.project AND p.domain = l.domain AND p.execution = l.name
    GROUP BY l.source, l.project, l.domain, l.name
)
SELECT
    l.source, l.project, l.domain, l.name AS execution, l.workflow, l.phase, l.created_at, l.wall_s,
    t.user_code_s, t.queue_s, t.flyte_overhead_s, t.retry_s, t.human_wait_s, t.cache_s, t.child_s, t.unexplained_s
FROM longest l
LEFT JOIN spent t ON t.source = l.source AND t.project = l.project AND t.domain = l.domain AND t.name = l.name
ORDER BY l.wall_s DESC, l.source, l.project, l.domain, l.name;
