-- How executions ended
--
-- One row. The failure rate is failed and timed out ones over those that succeeded, failed or timed out, with a
-- 95 % Wilson interval; aborted ones stand apart. A time-out is a class of its own, and blame is told where the
-- failure began.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.

WITH run AS (
    SELECT
        phase = 'SUCCEEDED' AS succeeded,
        phase = 'TIMED_OUT' OR phase = 'FAILED' AND coalesce(cause_code, '') IN ('Timeout', 'RetriesExhausted|Timeout')
            AS timed_out,
        phase = 'FAILED' AND coalesce(cause_code, '') NOT IN ('Timeout', 'RetriesExhausted|Timeout') AS failed,
        phase = 'ABORTED' AS aborted,
        coalesce(cause_kind, '') AS cause,
        duration_s,
        project || '/' || domain || '/' || workflow AS workflow
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
total AS (
    SELECT
        count(*) AS ended,
        coalesce(sum(succeeded), 0) AS succeeded,
        coalesce(sum(failed), 0) AS failed,
        coalesce(sum(timed_out), 0) AS timed_out,
        coalesce(sum(aborted), 0) AS aborted,
        coalesce(sum(failed AND cause = 'USER'), 0) AS user_failures,
        coalesce(sum(failed AND cause = 'SYSTEM'), 0) AS system_failures,
        coalesce(sum(failed AND cause NOT IN ('USER', 'SYSTEM')), 0) AS other_failures,
        coalesce(sum(duration_s), 0.0) AS duration_s,
        count(DISTINCT workflow) AS workflows,
        1.0 * (sum(failed) + sum(timed_out)) AS x,
        nullif(sum(succeeded) + sum(failed) + sum(timed_out), 0) AS n
    FROM run
)
SELECT
    ended, succeeded, failed, timed_out, aborted, user_failures, system_failures, other_failures, duration_s, workflows,
    x / n AS failure_rate,
    max(0.0, (x / (1.0 * n) + 1.920729410347062 / n
        - 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_low,
    min(1.0, (x / (1.0 * n) + 1.920729410347062 / n
        + 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_high
FROM total;
