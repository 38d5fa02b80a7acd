-- Zombies
--
-- Executions that have not ended and in which nothing moved for a long time before they were last looked for, the longest
-- first: a pod that hangs, a gate that nobody answers, an abort that the engine never finished.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :children (integer) 1 lists executions that others launched, too; 0 leaves them out. Default: 1.
-- :days (integer) Those in which nothing moved for so many days; one that is to be aborted, for one day. Default: 14.
-- :limit (integer) At most so many rows. Default: 100.

WITH looked AS (
    -- One that failed or was stopped may not have looked.
    SELECT source, max(started_at) AS at FROM v_harvest WHERE outcome IN ('done', 'problems') GROUP BY source
),
open AS (
    SELECT
        e.source, e.project, e.domain, e.name, e.workflow, e.phase, e.principal, e.created_at, l.at,
        max(
            e.created_at, coalesce(e.started_at, ''),
            coalesce((
                SELECT max(max(coalesce(n.created_at, ''), coalesce(n.started_at, ''), coalesce(n.ended_at, '')))
                FROM v_node_execution n
                WHERE n.source = e.source AND n.project = e.project AND n.domain = e.domain AND n.execution = e.name
            ), ''),
            coalesce((
                SELECT max(max(coalesce(a.created_at, ''), coalesce(a.started_at, ''), coalesce(a.ended_at, '')))
                FROM v_task_execution a
                WHERE a.source = e.source AND a.project = e.project AND a.domain = e.domain AND a.execution = e.name
            ), '')
        ) AS last_moved_at
    FROM v_execution e
    JOIN looked l ON l.source = e.source
    WHERE e.phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR e.project = :project) AND (:domain IS NULL OR e.domain = :domain)
        AND (:children IS NOT 0 OR e.is_child IS NOT 1)
)
SELECT
    source, project, domain, name AS execution, workflow, phase, principal, created_at, last_moved_at,
    round(julianday(at) - julianday(last_moved_at), 1) AS still_days
FROM open
WHERE julianday(at) - julianday(last_moved_at)
    >= min(coalesce(:days, 14), iif(phase IN ('ABORTING', 'FAILING'), 1, coalesce(:days, 14)))
ORDER BY julianday(at) - julianday(last_moved_at) DESC, source, project, domain, name
LIMIT coalesce(:limit, 100);
