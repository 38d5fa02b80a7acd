-- Failure rate by workflow
--
-- Failed and timed out executions over those that succeeded, failed or timed out, with a 95 % Wilson interval;
-- aborted ones stand apart, running ones never count. Blame is told where the failure began. Busiest first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :limit (integer) At most so many rows. Default: 100.

WITH run AS (
    SELECT
        source, project, domain, workflow,
        phase = 'SUCCEEDED' AS succeeded,
        phase = 'TIMED_OUT' OR phase = 'FAILED' AND coalesce(cause_code, '') IN ('Timeout', 'RetriesExhausted|Timeout')
            AS timed_out,
        phase = 'FAILED' AND coalesce(cause_code, '') NOT IN ('Timeout', 'RetriesExhausted|Timeout') AS failed,
        phase = 'ABORTED' AS aborted,
        coalesce(cause_kind, '') AS cause
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
total AS (
    SELECT
        source, project, domain, workflow,
        count(*) AS ended,
        sum(succeeded) AS succeeded,
        sum(failed) AS failed,
        sum(timed_out) AS timed_out,
        sum(aborted) AS aborted,
        sum(failed AND cause = 'USER') AS user_failures,
        sum(failed AND cause = 'SYSTEM') AS system_failures,
        sum(failed AND cause NOT IN ('USER', 'SYSTEM')) AS other_failures,
        1.0 * (sum(failed) + sum(timed_out)) AS x,
        nullif(sum(succeeded) + sum(failed) + sum(timed_out), 0) AS n
    FROM run
    GROUP BY source, project, domain, workflow
)
SELECT
    source, project, domain, workflow, ended, succeeded, failed, timed_out, aborted,
    user_failures, system_failures, other_failures,
    x / n AS failure_rate,
    max(0.0, (x / (1.0 * n) + 1.920729410347062 / n
        - 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_low,
    min(1.0, (x / (1.0 * n) + 1.920729410347062 / n
        + 1.959963984540054 * sqrt(x * (1.0 * n - x) / n / n / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) AS rate_high
FROM total
ORDER BY ended DESC, source, project, domain, workflow
LIMIT coalesce(:limit, 100);
