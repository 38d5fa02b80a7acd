-- Serialisation of workflows
--
-- How much of a workflow's work is done in a row: serialisation is the wall time over the time of all attempts together (a
-- map counts once, and attempts that nobody saw run from creation to end). 1 and above: one after the other, with waits and the
-- engine between them; 0.25: four at a time, on average. path_share is the part of the attempts' time that lies on the critical
-- path: the rest costs money, and no time. Longest work first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH run AS (
    SELECT source, project, domain, name, workflow, wall_s
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
work AS (
    SELECT
        r.source, r.project, r.domain, r.name, r.workflow, r.wall_s,
        sum(max(0.0, coalesce(t.duration_s, t.wall_s, 0.0))) AS work_s
    FROM run r
    CROSS JOIN v_task_execution t
        ON t.source = r.source AND t.project = r.project AND t.domain = r.domain AND t.execution = r.name
    WHERE t.had_container IS NOT 0
    GROUP BY r.source, r.project, r.domain, r.name
),
path AS (
    SELECT r.source, r.project, r.domain, r.name, sum(w.duration_s) AS path_s
    FROM run r
    CROSS JOIN v_wall_time w
        ON w.source = r.source AND w.project = r.project AND w.domain = r.domain AND w.execution = r.name
    WHERE w.class = 'user_code'
    GROUP BY r.source, r.project, r.domain, r.name
)
SELECT
    w.source, w.project, w.domain, w.workflow,
    count(*) AS runs,
    sum(w.wall_s) AS wall_s,
    sum(w.work_s) AS work_s,
    sum(w.wall_s) / nullif(sum(w.work_s), 0) AS serialisation,
    min(1.0, sum(coalesce(p.path_s, 0.0)) / nullif(sum(w.work_s), 0)) AS path_share
FROM work w
LEFT JOIN path p
    ON p.source = w.source AND p.project = w.project AND p.domain = w.domain AND p.name = w.name
GROUP BY w.source, w.project, w.domain, w.workflow
ORDER BY work_s DESC, w.source, w.project, w.domain, w.workflow
LIMIT coalesce(:limit, 50);
