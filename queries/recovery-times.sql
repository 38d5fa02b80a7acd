-- Recovery times by launch plan
--
-- How long a launch plan that failed took to work again. An outage begins with the end of a run that failed after one that had
-- succeeded, or with the first of all, and ends with the end of the next that succeeds; aborted runs decide nothing.
-- mean_time_to_recovery_s and longest_s are over outages that are over; one that stands is told in is_down, with the seconds from
-- its begin to the last run that is known. mean_time_between_failures_s is from the end of one outage to the begin of the next: NULL below two outages. Only what
-- ended in the window is seen, so that an outage may have begun before it. Launch plans that never
-- failed are left out. Longest down first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :launch_plan (text) Only this launch plan.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH run AS (
    SELECT
        source, project, domain, launch_plan, phase <> 'SUCCEEDED' AS failed, ended_at,
        lag(phase <> 'SUCCEEDED') OVER plan AS failed_before,
        julianday(ended_at) * 86400 AS ended_s
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT') AND launch_plan IS NOT NULL
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:launch_plan IS NULL OR launch_plan = :launch_plan)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    WINDOW plan AS (PARTITION BY source, project, domain, launch_plan ORDER BY ended_at, name)
),
-- Where it turns: from working to failing, and back.
turn AS (
    SELECT *,
        lead(ended_s) OVER plan AS next_s,
        lag(ended_s) OVER plan AS last_s
    FROM run
    WHERE failed IS NOT coalesce(failed_before, 0)
    WINDOW plan AS (PARTITION BY source, project, domain, launch_plan ORDER BY ended_s, failed DESC)
),
size AS (
    SELECT
        source, project, domain, launch_plan, count(*) AS runs, sum(failed) AS failures, max(ended_s) AS last_run_s
    FROM run
    GROUP BY source, project, domain, launch_plan
)
SELECT
    t.source, t.project, t.domain, t.launch_plan, s.runs, s.failures,
    sum(t.failed) AS outages,
    round(avg(CASE WHEN t.failed THEN t.next_s - t.ended_s END), 3) AS mean_time_to_recovery_s,
    round(max(CASE WHEN t.failed THEN t.next_s - t.ended_s END), 3) AS longest_s,
    round(avg(CASE WHEN t.failed THEN t.ended_s - t.last_s END), 3) AS mean_time_between_failures_s,
    max(t.failed AND t.next_s IS NULL) AS is_down,
    round(max(CASE WHEN t.failed AND t.next_s IS NULL THEN s.last_run_s - t.ended_s END), 3) AS down_s,
    max(CASE WHEN t.failed THEN t.ended_at END) AS last_outage_at
FROM turn t
JOIN size s
    ON s.source = t.source AND s.project = t.project AND s.domain = t.domain AND s.launch_plan = t.launch_plan
GROUP BY t.source, t.project, t.domain, t.launch_plan
ORDER BY
    round(coalesce(sum(CASE WHEN t.failed THEN coalesce(t.next_s, s.last_run_s) - t.ended_s END), 0), 3) DESC,
    t.source, t.project, t.domain, t.launch_plan
LIMIT coalesce(:limit, 50);
