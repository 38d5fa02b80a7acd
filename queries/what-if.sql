-- What if
--
-- How long a workflow's runs would have taken, on average, had there been no retries (each last attempt the first), a warm
-- cache (whatever can be cached found), or no queues (attempts start when they are created). By the network of what waited for
-- what, with the engine's gaps as they were and nothing else changed. Two figures where a node's own part is not known, such as
-- the queue of an attempt that nobody saw start: between them lies the answer. saved_share is what would surely be saved.
-- Most surely saved first.
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
size AS (
    SELECT source, project, domain, workflow, count(*) AS runs, avg(wall_s) AS wall_s
    FROM run
    GROUP BY source, project, domain, workflow
),
saved AS (
    SELECT
        r.source, r.project, r.domain, r.workflow, w.scenario,
        count(*) AS runs_changed,
        sum(w.wall_s - w.wall_low_s) AS most_s,
        sum(w.wall_s - w.wall_high_s) AS least_s
    FROM run r
    CROSS JOIN v_what_if w
        ON w.source = r.source AND w.project = r.project AND w.domain = r.domain AND w.execution = r.name
    GROUP BY r.source, r.project, r.domain, r.workflow, w.scenario
)
SELECT
    s.source, s.project, s.domain, s.workflow, v.scenario, s.runs, v.runs_changed, s.wall_s,
    s.wall_s - v.most_s / s.runs AS wall_low_s,
    s.wall_s - v.least_s / s.runs AS wall_high_s,
    v.least_s / s.runs / nullif(s.wall_s, 0) AS saved_share
FROM size s
JOIN saved v
    ON v.source = s.source AND v.project = s.project AND v.domain = s.domain AND v.workflow IS s.workflow
ORDER BY v.least_s / s.runs DESC, v.most_s / s.runs DESC, s.source, s.project, s.domain, s.workflow, v.scenario
LIMIT coalesce(:limit, 50);
