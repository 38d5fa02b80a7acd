-- How schedules were met
--
-- Launch plans that a schedule ran, all versions together: the schedule of the version that ran last, by whose clocks it goes, for how
-- many times that it meant there is an execution (runs), and for how many there is none although there are some before
-- and after (missed; missed-slots lists them). unjudged counts the stretches from one execution to the next of which nothing can be
-- said, unjudged_reason says why of the latest: not_archived, unreadable, changed, off_schedule (executions were
-- not meant for times of the schedule: the scheduler goes by clocks of its own, or a fixed rate began anew), too_long.
-- overdue_at is the time after the last execution where the archive reaches a quarter of an hour beyond it: then the schedule is
-- off, or stands still. Those first that have been overdue for longest, then most missed.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :launch_plan (text) Only this launch plan.
-- :limit (integer) At most so many rows. Default: 100.

SELECT
    source, project, domain, launch_plan, schedule, time_zone, runs, missed,
    1.0 * missed / (runs + missed) AS missed_share,
    unjudged, unjudged_reason, first_scheduled_at, last_scheduled_at,
    CASE
        WHEN next_scheduled_at < strftime('%Y-%m-%dT%H:%M:%f', complete_up_to, '-15 minutes') THEN next_scheduled_at
    END AS overdue_at,
    complete_up_to
FROM v_schedule
WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
    AND (:launch_plan IS NULL OR launch_plan = :launch_plan)
ORDER BY overdue_at IS NULL, overdue_at, missed DESC, source, project, domain, launch_plan
LIMIT coalesce(:limit, 100);
