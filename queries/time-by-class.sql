-- Wall time by class
--
-- Where the time between creation and end of the executions went, along their critical paths, without gap or
-- overlap. The shares sum to 1. Most time first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.

WITH run AS (
    SELECT source, project, domain, name
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
class AS (
    SELECT
        p.class, sum(p.duration_s) AS total_s,
        count(DISTINCT p.source || '/' || p.project || '/' || p.domain || '/' || p.execution) AS executions
    FROM run r
    JOIN v_critical_path p
        ON p.source = r.source AND p.project = r.project AND p.domain = r.domain AND p.execution = r.name
    GROUP BY p.class
)
SELECT class, total_s, total_s / nullif(sum(total_s) OVER (), 0) AS share, executions
FROM class
ORDER BY total_s DESC, class;
