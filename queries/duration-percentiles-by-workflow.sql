-- Duration percentiles by workflow
--
-- Seconds from start to success. Failed, timed out and aborted executions were cut off: they count as longer than they
-- took (Kaplan and Meier), and a percentile that too few reached is NULL. Without such ones it is the nearest rank.
-- Recovered ones, which ran only in part, are left out; those without a known duration are counted apart. Busiest first.
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
        source, project, domain, workflow, name, duration_s,
        phase <> 'SUCCEEDED' AS is_censored
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND mode IS NOT 'RECOVERED'
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
ranked AS (
    SELECT
        source, project, domain, workflow, name, duration_s, is_censored,
        count(*) OVER (PARTITION BY source, project, domain, workflow)
            - row_number() OVER (PARTITION BY source, project, domain, workflow ORDER BY duration_s, is_censored, name) + 1
            AS at_risk
    FROM run
    WHERE duration_s IS NOT NULL
),
surviving AS (
    SELECT
        source, project, domain, workflow, name, duration_s, is_censored,
        -- The product of what each end left over; 0 after the last of all.
        CASE
            WHEN min(iif(is_censored, 2, at_risk)) OVER ends = 1 THEN 0.0
            ELSE exp(sum(iif(is_censored OR at_risk = 1, 0.0, ln(1 - 1.0 / at_risk))) OVER ends)
        END AS survival
    FROM ranked
    WINDOW ends AS (PARTITION BY source, project, domain, workflow ORDER BY at_risk DESC)
),
percentile AS (
    SELECT
        source, project, domain, workflow,
        sum(is_censored) AS censored,
        min(CASE WHEN NOT is_censored AND survival <= 0.5 + 1e-9 THEN duration_s END) AS p50_s,
        min(CASE WHEN NOT is_censored AND survival <= 0.1 + 1e-9 THEN duration_s END) AS p90_s,
        min(CASE WHEN NOT is_censored AND survival <= 0.05 + 1e-9 THEN duration_s END) AS p95_s,
        min(CASE WHEN NOT is_censored AND survival <= 0.01 + 1e-9 THEN duration_s END) AS p99_s,
        max(duration_s) AS max_s
    FROM surviving
    GROUP BY source, project, domain, workflow
),
total AS (
    SELECT source, project, domain, workflow, count(*) AS ended, sum(duration_s IS NULL) AS unknown
    FROM run
    GROUP BY source, project, domain, workflow
)
SELECT
    t.source, t.project, t.domain, t.workflow, t.ended, t.unknown, coalesce(p.censored, 0) AS censored,
    p.p50_s, p.p90_s, p.p95_s, p.p99_s, p.max_s,
    (
        SELECT name FROM surviving s
        WHERE s.source = t.source AND s.project = t.project AND s.domain = t.domain AND s.workflow = t.workflow
            AND s.duration_s = p.max_s
        ORDER BY name LIMIT 1
    ) AS longest_execution
FROM total t
LEFT JOIN percentile p USING (source, project, domain, workflow)
ORDER BY t.ended DESC, t.source, t.project, t.domain, t.workflow
LIMIT coalesce(:limit, 100);
