-- Failure rate by workflow
--
-- Failed and timed out executions over those that succeeded, failed or timed out; the rate of aborted ones, over all
-- that ended, stands apart; each with a 95 % Wilson interval. Running ones never count. Blame is told where the failure
-- began. Busiest first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 100.

WITH run AS (
    SELECT
        source, project, domain, workflow,
        phase = 'SUCCEEDED' AS succeeded,
        phase = 'ABORTED' AS aborted,
        CASE WHEN phase IN ('FAILED', 'TIMED_OUT') THEN coalesce(cause_class, 'unknown') ELSE '' END AS cause
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
total AS (
    SELECT
        source, project, domain, workflow,
        count(*) AS ended,
        sum(succeeded) AS succeeded,
        sum(cause NOT IN ('', 'timeout')) AS failed,
        sum(cause = 'timeout') AS timed_out,
        sum(aborted) AS aborted,
        sum(cause = 'user') AS user_failures,
        sum(cause = 'system') AS system_failures,
        sum(cause = 'rejected') AS rejected_failures,
        sum(cause NOT IN ('', 'timeout', 'user', 'system', 'rejected')) AS other_failures,
        1.0 * sum(cause <> '') AS x,
        nullif(sum(succeeded OR cause <> ''), 0) AS n,
        1.0 * sum(aborted) AS y,
        count(*) AS m
    FROM run
    GROUP BY source, project, domain, workflow
)
SELECT
    source, project, domain, workflow, ended, succeeded, failed, timed_out, aborted,
    user_failures, system_failures, rejected_failures, other_failures,
    x / n AS failure_rate,
    max(0.0, (x / (1.0 * n) + 1.920729410347062 / n
        - 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_low,
    min(1.0, (x / (1.0 * n) + 1.920729410347062 / n
        + 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_high,
    y / m AS aborted_rate,
    max(0.0, (y / (1.0 * m) + 1.920729410347062 / m
        - 1.959963984540054 * sqrt(y * (1.0 * m - y) / m / m / m + 0.960364705173531 / m / m))
        / (1 + 3.841458820694124 / m)) AS aborted_low,
    min(1.0, (y / (1.0 * m) + 1.920729410347062 / m
        + 1.959963984540054 * sqrt(y * (1.0 * m - y) / m / m / m + 0.960364705173531 / m / m))
        / (1 + 3.841458820694124 / m)) AS aborted_high
FROM total
ORDER BY ended DESC, source, project, domain, workflow
LIMIT coalesce(:limit, 100);
