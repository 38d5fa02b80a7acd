-- Metric spans by operation
--
-- How much time Flyte's own operations take, and the runs of executions, nodes and attempts: seconds, as
-- recomputed from the archive for every execution that ended in the window. Most time first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :since (time) Only spans of executions that ended at or after this time.
-- :until (time) Only spans of executions that ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.

WITH run AS (
    SELECT source, project, domain, name
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
)
SELECT
    p.source, p.project, p.domain, p.entity, p.operation,
    count(*) AS spans,
    sum(p.duration_s) AS total_s,
    avg(p.duration_s) AS mean_s,
    max(p.duration_s) AS max_s
FROM run r
JOIN v_span p ON p.source = r.source AND p.project = r.project AND p.domain = r.domain AND p.execution = r.name
WHERE p.origin = 'archive'
GROUP BY p.source, p.project, p.domain, p.entity, p.operation
ORDER BY total_s DESC, p.source, p.project, p.domain, p.entity, p.operation;
