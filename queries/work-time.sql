-- Work time by workflow
--
-- Hours of containers that attempts took, whether the execution waited for them or not, by what became of them: useful,
-- failed (nothing took its place), retried (another attempt took its place), aborted. Elements of maps and replicas of
-- distributed tasks count each. Columns without suffix are upper bounds; with _low the lower one, which has nothing for
-- attempts that nobody saw run. thrown_away_share is that of hours, at most, that were not useful. Most hours first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

WITH work AS (
    SELECT
        w.source, w.project, w.domain, e.workflow, w.outcome, w.is_seen,
        w.seconds_low / 3600 AS hours_low, w.seconds_high / 3600 AS hours
    FROM v_work_time w
    JOIN v_execution e
        ON e.source = w.source AND e.project = w.project AND e.domain = w.domain AND e.name = w.execution
    WHERE (:project IS NULL OR w.project = :project) AND (:domain IS NULL OR w.domain = :domain)
        AND (:workflow IS NULL OR e.workflow = :workflow)
        AND (:children IS NOT 0 OR e.is_child IS NOT 1)
        AND w.ended_at >= coalesce(:since, '') AND w.ended_at < coalesce(:until, '~')
)
SELECT
    source, project, domain, workflow,
    count(*) AS attempts,
    sum(NOT is_seen) AS unseen_attempts,
    sum(hours_low) AS hours_low,
    sum(hours) AS hours,
    sum(iif(outcome = 'useful', hours, 0.0)) AS useful_hours,
    sum(iif(outcome = 'failed', hours, 0.0)) AS failed_hours,
    sum(iif(outcome = 'retried', hours, 0.0)) AS retried_hours,
    sum(iif(outcome = 'aborted', hours, 0.0)) AS aborted_hours,
    sum(iif(outcome IN ('failed', 'retried', 'aborted'), hours, 0.0)) / nullif(sum(hours), 0) AS thrown_away_share
FROM work
GROUP BY source, project, domain, workflow
ORDER BY hours DESC, source, project, domain, workflow
LIMIT coalesce(:limit, 50);
