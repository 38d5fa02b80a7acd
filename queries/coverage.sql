-- What the archive covers
--
-- Executions created in the window, by project and domain: how many, how many were open when last read, how many
-- lack something that the server withheld (see the view v_capture), and problems of the harvest that stand, whenever
-- they were met. Problems of no project have none. Of the executions, children are those that others launched.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :since (time) Only executions created at or after this time.
-- :until (time) Only executions created before this time.

WITH run AS (
    SELECT
        source, project, domain,
        count(*) AS executions,
        sum(phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')) AS open,
        sum(NOT is_complete) AS incomplete,
        sum(is_child IS 1) AS children,
        min(created_at) AS first_created_at,
        max(created_at) AS last_created_at
    FROM v_execution
    WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:since IS NULL OR created_at >= :since) AND (:until IS NULL OR created_at < :until)
    GROUP BY source, project, domain
),
gap AS (
    SELECT g.source, g.project, g.domain, count(*) AS withheld
    FROM v_capture g
    JOIN v_execution e
        ON e.source = g.source AND e.project = g.project AND e.domain = g.domain AND e.name = g.execution
    WHERE g.state <> 'never_written'
        AND (:since IS NULL OR e.created_at >= :since) AND (:until IS NULL OR e.created_at < :until)
    GROUP BY g.source, g.project, g.domain
),
standing AS (
    SELECT source, project, domain, count(*) AS problems
    FROM v_problem
    WHERE resolved_at IS NULL
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
    GROUP BY source, project, domain
),
place AS (
    SELECT source, project, domain FROM run
    UNION
    SELECT source, project, domain FROM standing
)
SELECT
    l.source, l.project, l.domain, coalesce(r.executions, 0) AS executions, coalesce(r.open, 0) AS open,
    coalesce(r.incomplete, 0) AS incomplete, coalesce(g.withheld, 0) AS withheld,
    coalesce(s.problems, 0) AS problems, r.first_created_at, r.last_created_at,
    coalesce(r.children, 0) AS children
FROM place l
LEFT JOIN run r ON r.source = l.source AND r.project = l.project AND r.domain = l.domain
LEFT JOIN gap g ON g.source = l.source AND g.project = l.project AND g.domain = l.domain
LEFT JOIN standing s ON s.source = l.source AND s.project IS l.project AND s.domain IS l.domain
ORDER BY l.source, l.project, l.domain;
