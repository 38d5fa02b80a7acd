-- Lateness of schedules
--
-- How long after the time that its schedule meant each run of a launch plan was created (late_s), and how long after that it
-- began (begin_s), as medians and 95th percentiles (nearest ranks). overlapped counts runs whose predecessor had not ended at the
-- time that was meant. usual_gap_s is the median of the times between two that follow each other, and longest_gap_s the longest: a
-- longest gap of several usual ones is where times were missed (missed-slots says which), or the schedule was off or changed.
-- Latest first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :launch_plan (text) Only this launch plan.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :limit (integer) At most so many rows. Default: 50.

WITH run AS (
    SELECT
        source, project, domain, launch_plan, name, scheduled_at,
        round((julianday(created_at) - julianday(scheduled_at)) * 86400, 3) AS late_s,
        round((julianday(started_at) - julianday(scheduled_at)) * 86400, 3) AS begin_s,
        round((julianday(scheduled_at) - julianday(lag(scheduled_at) OVER plan)) * 86400, 3) AS gap_s,
        max(ended_at) OVER (
            PARTITION BY source, project, domain, launch_plan ORDER BY scheduled_at, name
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) > scheduled_at AS is_overlapped
    FROM v_execution
    WHERE scheduled_at IS NOT NULL AND launch_plan IS NOT NULL
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:launch_plan IS NULL OR launch_plan = :launch_plan)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    WINDOW plan AS (PARTITION BY source, project, domain, launch_plan ORDER BY scheduled_at, name)
),
ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY source, project, domain, launch_plan ORDER BY late_s, name) AS late_place,
        row_number() OVER (PARTITION BY source, project, domain, launch_plan ORDER BY begin_s IS NULL, begin_s, name)
            AS begin_place,
        row_number() OVER (PARTITION BY source, project, domain, launch_plan ORDER BY gap_s IS NULL, gap_s, name)
            AS gap_place,
        count(*) OVER (PARTITION BY source, project, domain, launch_plan) AS n,
        count(begin_s) OVER (PARTITION BY source, project, domain, launch_plan) AS begun,
        count(gap_s) OVER (PARTITION BY source, project, domain, launch_plan) AS gaps
    FROM run
)
SELECT
    source, project, domain, launch_plan,
    count(*) AS runs,
    max(CASE WHEN late_place = max(1, CAST(ceil(n * 0.5 - 1e-9) AS INTEGER)) THEN late_s END) AS late_p50_s,
    max(CASE WHEN late_place = max(1, CAST(ceil(n * 0.95 - 1e-9) AS INTEGER)) THEN late_s END) AS late_p95_s,
    max(CASE WHEN begin_place = max(1, CAST(ceil(begun * 0.5 - 1e-9) AS INTEGER)) THEN begin_s END) AS begin_p50_s,
    max(CASE WHEN begin_place = max(1, CAST(ceil(begun * 0.95 - 1e-9) AS INTEGER)) THEN begin_s END) AS begin_p95_s,
    count(*) - count(begin_s) AS never_begun,
    coalesce(sum(is_overlapped), 0) AS overlapped,
    max(CASE WHEN gap_place = max(1, CAST(ceil(gaps * 0.5 - 1e-9) AS INTEGER)) THEN gap_s END) AS usual_gap_s,
    max(gap_s) AS longest_gap_s,
    min(scheduled_at) AS first_scheduled_at,
    max(scheduled_at) AS last_scheduled_at
FROM ranked
GROUP BY source, project, domain, launch_plan
ORDER BY late_p95_s DESC, source, project, domain, launch_plan
LIMIT coalesce(:limit, 50);
