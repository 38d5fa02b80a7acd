-- What the archive covers
--
-- Executions created in the window, by project and domain: how many, how many were open when last read, how many
-- lack something that the server withheld (see the view v_capture), and standing problems of the harvest.
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
    WHERE (:since IS NULL OR e.created_at >= :since) AND (:until IS NULL OR e.created_at < :until)
    GROUP BY g.source, g.project, g.domain
),
standing AS (
    SELECT source, project, domain, count(*) AS problems
    FROM v_problem
    WHERE resolved_at IS NULL
    GROUP BY source, project, domain
)
SELECT
    r.source, r.project, r.domain, r.executions, r.open, r.incomplete, coalesce(g.withheld, 0) AS withheld,
    coalesce(s.problems, 0) AS problems, r.first_created_at, r.last_created_at
FROM run r
LEFT JOIN gap g ON g.source = r.source AND g.project = r.project AND g.domain = r.domain
LEFT JOIN standing s ON s.source = r.source AND s.project = r.project AND s.domain = r.domain
ORDER BY r.source, r.project, r.domain;
