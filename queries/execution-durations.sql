-- Durations of executions
--
-- Each execution that ended with a known duration, in seconds from start to end; is_censored tells those that did not
-- succeed, and so were cut off. Recovered ones, which ran only in part, are left out. What the comparisons of the weekly
-- report are computed from.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.

SELECT
    source, project, domain, workflow, name AS execution, phase, duration_s, phase <> 'SUCCEEDED' AS is_censored
FROM v_execution
WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED') AND duration_s IS NOT NULL
    AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
    AND (:workflow IS NULL OR workflow = :workflow)
    AND mode IS NOT 'RECOVERED'
    AND (is_child IS NOT 1 OR :children)
    AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
ORDER BY source, project, domain, workflow, ended_at, name;
