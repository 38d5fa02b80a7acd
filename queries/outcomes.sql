-- How executions ended
--
-- One row a source. The failure rate is failed and timed out ones over those that succeeded, failed or timed out; the
-- rate of aborted ones, over all that ended, stands apart; each with a 95 % Wilson interval. A time-out is a class of
-- its own, and blame is told where the failure began.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.

WITH run AS (
    SELECT
        source,
        phase = 'SUCCEEDED' AS succeeded,
        phase = 'ABORTED' AS aborted,
        CASE WHEN phase IN ('FAILED', 'TIMED_OUT') THEN coalesce(cause_class, 'unknown') ELSE '' END AS cause,
        duration_s,
        project || '/' || domain || '/' || workflow AS workflow
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
total AS (
    SELECT
        source,
        count(*) AS ended,
        sum(succeeded) AS succeeded,
        sum(cause NOT IN ('', 'timeout')) AS failed,
        sum(cause = 'timeout') AS timed_out,
        sum(aborted) AS aborted,
        sum(cause = 'user') AS user_failures,
        sum(cause = 'system') AS system_failures,
        sum(cause = 'rejected') AS rejected_failures,
        sum(cause NOT IN ('', 'timeout', 'user', 'system', 'rejected')) AS other_failures,
        coalesce(sum(duration_s), 0.0) AS duration_s,
        count(DISTINCT workflow) AS workflows,
        1.0 * sum(cause <> '') AS x,
        nullif(sum(succeeded OR cause <> ''), 0) AS n,
        1.0 * sum(aborted) AS y,
        count(*) AS m
    FROM run
    GROUP BY source
)
SELECT
    source, ended, succeeded, failed, timed_out, aborted,
    user_failures, system_failures, rejected_failures, other_failures, duration_s, workflows,
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
ORDER BY source;
