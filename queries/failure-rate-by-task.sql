-- Failure rate by task
--
-- Attempts that failed over attempts that succeeded or failed, with a 95 % Wilson interval; aborted ones stand
-- apart. An attempt that failed and was tried again counts as failed. Highest lower bound first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 100.

WITH total AS (
    SELECT
        source, project, domain, task,
        count(*) AS attempts,
        sum(phase = 'SUCCEEDED') AS succeeded,
        sum(phase = 'FAILED') AS failed,
        sum(phase = 'ABORTED') AS aborted,
        sum(phase = 'FAILED' AND error_kind IS 'USER') AS user_failures,
        sum(phase = 'FAILED' AND error_kind IS 'SYSTEM') AS system_failures,
        1.0 * sum(phase = 'FAILED') AS x,
        nullif(sum(phase IN ('SUCCEEDED', 'FAILED')), 0) AS n
    FROM v_task_execution t
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:task IS NULL OR task = :task)
        AND (:children IS NOT 0 OR NOT EXISTS (
            SELECT 1 FROM v_execution e
            WHERE e.source = t.source AND e.project = t.project AND e.domain = t.domain AND e.name = t.execution
                AND e.is_child
        ))
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    GROUP BY source, project, domain, task
)
SELECT
    source, project, domain, task, attempts, succeeded, failed, aborted, user_failures, system_failures,
    x / n AS failure_rate,
    max(0.0, (x / (1.0 * n) + 1.920729410347062 / n
        - 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_low,
    min(1.0, (x / (1.0 * n) + 1.920729410347062 / n
        + 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_high
FROM total
ORDER BY rate_low DESC, attempts DESC, source, project, domain, task
LIMIT coalesce(:limit, 100);
