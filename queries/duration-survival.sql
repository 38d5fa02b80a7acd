-- Time to success, with what was cut off
--
-- By workflow, the seconds from start within which a quarter, half and three quarters of the executions succeed, by Kaplan and
-- Meier: failed, timed out and aborted ones were cut off and count as longer than they took, so that failing fast is never
-- faster. Open ones count up to the last harvest that was not cut off itself, of those that began (open); those without a
-- known duration are counted apart (unknown), and recovered ones, which ran only in part, are left out. NULL where the curve does
-- not come that far. p50_low_s and p50_high_s are the 95 % interval of the median, where the interval of the curve itself
-- (by the logarithm of its logarithm, Brookmeyer and Crowley) passes one half; p50_high_s is NULL where it does not, as with few
-- successes. A window counts open ones when that harvest is in it. Busiest first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 100.

WITH looked AS (
    SELECT source, max(started_at) AS seen_at
    FROM v_harvest
    WHERE outcome IN ('done', 'problems')
    GROUP BY source
),
run AS (
    SELECT
        source, project, domain, workflow, phase,
        phase = 'SUCCEEDED' AS is_success,
        0 AS is_open,
        duration_s AS seconds
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND mode IS NOT 'RECOVERED'
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    UNION ALL
    SELECT
        e.source, e.project, e.domain, e.workflow, e.phase, 0, 1,
        round((julianday(l.seen_at) - julianday(e.started_at)) * 86400, 3)
    FROM v_execution e
    JOIN looked l ON l.source = e.source
    WHERE e.phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED') AND e.started_at < l.seen_at
        AND (:project IS NULL OR e.project = :project) AND (:domain IS NULL OR e.domain = :domain)
        AND (:workflow IS NULL OR e.workflow = :workflow)
        AND e.mode IS NOT 'RECOVERED'
        AND (e.is_child IS NOT 1 OR :children)
        AND l.seen_at >= coalesce(:since, '') AND l.seen_at < coalesce(:until, '~')
),
at_time AS (
    SELECT source, project, domain, workflow, seconds, sum(is_success) AS successes, count(*) AS ends
    FROM run
    WHERE seconds IS NOT NULL
    GROUP BY source, project, domain, workflow, seconds
),
at_risk AS (
    SELECT *,
        sum(ends) OVER (PARTITION BY source, project, domain, workflow ORDER BY seconds DESC) AS at_risk
    FROM at_time
),
-- What has not succeeded by then, as a logarithm, and Greenwood's variance of that; after the last of all nothing is left.
curve AS (
    SELECT
        source, project, domain, workflow, seconds, successes,
        successes = at_risk AS is_over,
        sum(iif(successes = at_risk, 0.0, ln(1 - 1.0 * successes / at_risk))) OVER upto AS survival,
        sum(iif(successes = at_risk, 0.0, 1.0 * successes / at_risk / (at_risk - successes))) OVER upto AS variance
    FROM at_risk
    WINDOW upto AS (PARTITION BY source, project, domain, workflow ORDER BY seconds)
),
quantile AS (
    SELECT
        source, project, domain, workflow,
        min(CASE WHEN is_over OR survival <= ln(0.75) + 1e-12 THEN seconds END) AS p25_s,
        min(CASE WHEN is_over OR survival <= ln(0.5) + 1e-12 THEN seconds END) AS p50_s,
        min(CASE WHEN is_over OR survival <= ln(0.25) + 1e-12 THEN seconds END) AS p75_s,
        min(CASE
            WHEN is_over OR ln(-survival) - 1.959963984540054 * sqrt(variance) / survival >= ln(ln(2)) THEN seconds
        END) AS p50_low_s,
        min(CASE
            WHEN NOT is_over AND ln(-survival) + 1.959963984540054 * sqrt(variance) / survival >= ln(ln(2)) THEN seconds
        END) AS p50_high_s
    FROM curve
    WHERE successes > 0
    GROUP BY source, project, domain, workflow
),
total AS (
    SELECT
        source, project, domain, workflow,
        count(*) AS runs,
        sum(is_success) AS succeeded,
        sum(NOT is_success AND NOT is_open) AS cut_off,
        sum(is_open) AS open,
        sum(seconds IS NULL) AS unknown,
        max(seconds) AS longest_s
    FROM run
    GROUP BY source, project, domain, workflow
)
SELECT
    t.source, t.project, t.domain, t.workflow, t.runs, t.succeeded, t.cut_off, t.open, t.unknown,
    q.p25_s, q.p50_s, q.p50_low_s, q.p50_high_s, q.p75_s, t.longest_s
FROM total t
LEFT JOIN quantile q USING (source, project, domain, workflow)
ORDER BY t.runs DESC, t.source, t.project, t.domain, t.workflow
LIMIT coalesce(:limit, 100);
