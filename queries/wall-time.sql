-- Wall time of executions by class
--
-- What the time from creation to end of each execution went to, along its critical path: user_s (an attempt ran), queue_s,
-- retry_s (attempts that another had to follow, with the gaps), overhead_s (the engine's own), human_s (gates), cache_s,
-- child_s (a child that the archive does not have) and unexplained_s (rows or definitions are missing). The classes sum to
-- wall_s. Longest first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH run AS (
    SELECT source, project, domain, name, workflow, phase, ended_at, wall_s
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    ORDER BY wall_s DESC, source, project, domain, name
    LIMIT coalesce(:limit, 50)
),
part AS (
    SELECT r.source, r.project, r.domain, r.name, w.class, w.duration_s
    FROM run r
    CROSS JOIN v_wall_time w
        ON w.source = r.source AND w.project = r.project AND w.domain = r.domain AND w.execution = r.name
)
SELECT
    r.source, r.project, r.domain, r.name AS execution, r.workflow, r.phase, r.ended_at, r.wall_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'user_code'), 0.0) AS user_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'queue'), 0.0) AS queue_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'retry'), 0.0) AS retry_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'flyte_overhead'), 0.0) AS overhead_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'human_wait'), 0.0) AS human_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'cache'), 0.0) AS cache_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'child'), 0.0) AS child_s,
    coalesce(sum(w.duration_s) FILTER (WHERE w.class = 'unexplained'), 0.0) AS unexplained_s
FROM run r
LEFT JOIN part w
    ON w.source = r.source AND w.project = r.project AND w.domain = r.domain AND w.name = r.name
GROUP BY r.source, r.project, r.domain, r.name
ORDER BY r.wall_s DESC, r.source, r.project, r.domain, r.name;
