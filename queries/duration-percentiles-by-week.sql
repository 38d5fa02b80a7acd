-- Duration percentiles by week
--
-- Seconds from start to success of the executions of a workflow that ended in a week (from Monday, in UTC unless the clocks say otherwise). Failed,
-- timed out and aborted ones were cut off: they count as longer than they took (Kaplan and Meier), and a percentile that
-- too few reached is NULL. Recovered ones, which ran only in part, are left out.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :clock (clock) How far the clocks are from UTC, from when on: [["", 3600], ["2026-03-29T01:00:00.000000Z", 7200], …]; --tz writes it. Default: UTC.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.

WITH clock AS MATERIALIZED (
    SELECT value ->> 0 AS from_at, lead(value ->> 0, 1, '~') OVER (ORDER BY value ->> 0) AS until_at, value ->> 1 AS seconds
    FROM json_each(coalesce(:clock, '[["", 0]]'))
),
run AS (
    SELECT
        source, project, domain, workflow, name, duration_s,
        date(substr(ended_at, 1, 19), seconds || ' seconds', '-6 days', 'weekday 1') AS week,
        phase <> 'SUCCEEDED' AS is_censored
    FROM v_execution
    JOIN clock ON ended_at >= from_at AND ended_at < until_at
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED') AND duration_s IS NOT NULL
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND mode IS NOT 'RECOVERED'
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
ranked AS (
    SELECT
        source, project, domain, workflow, week, duration_s, is_censored,
        count(*) OVER (PARTITION BY source, project, domain, workflow, week)
            - row_number() OVER (
                PARTITION BY source, project, domain, workflow, week ORDER BY duration_s, is_censored, name
            ) + 1 AS at_risk
    FROM run
),
surviving AS (
    SELECT
        source, project, domain, workflow, week, duration_s, is_censored,
        CASE
            WHEN min(iif(is_censored, 2, at_risk)) OVER ends = 1 THEN 0.0
            ELSE exp(sum(iif(is_censored OR at_risk = 1, 0.0, ln(1 - 1.0 / at_risk))) OVER ends)
        END AS survival
    FROM ranked
    WINDOW ends AS (PARTITION BY source, project, domain, workflow, week ORDER BY at_risk DESC)
)
SELECT
    source, project, domain, workflow, week,
    count(*) AS executions,
    sum(is_censored) AS censored,
    min(CASE WHEN NOT is_censored AND survival <= 0.5 + 1e-9 THEN duration_s END) AS p50_s,
    min(CASE WHEN NOT is_censored AND survival <= 0.1 + 1e-9 THEN duration_s END) AS p90_s,
    min(CASE WHEN NOT is_censored AND survival <= 0.05 + 1e-9 THEN duration_s END) AS p95_s,
    min(CASE WHEN NOT is_censored AND survival <= 0.01 + 1e-9 THEN duration_s END) AS p99_s,
    max(duration_s) AS max_s
FROM surviving
GROUP BY source, project, domain, workflow, week
ORDER BY source, project, domain, workflow, week;
