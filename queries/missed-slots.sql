-- Missed times of schedules
--
-- Times that the schedule of a launch plan meant (in UTC where it names no zone) and that have no execution, although others before
-- and after them have: a row for all that follow each other. A few are what the scheduler or the server let slip; a plan that
-- was switched off for a while shows as one row of many. Whoever catches up does so for the time that was meant: then it is not
-- missed, however late (see schedule-lateness). Nothing is said of what lies after the last execution, nor of stretches in which the
-- schedule changed or could not be read: see schedules. doubt says why executions may have been there all the same:
-- not_harvested, problems of the harvest, forgotten. Newest first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :launch_plan (text) Only this launch plan.
-- :since (time) Only times at or after this one.
-- :until (time) Only times before this one.
-- :limit (integer) At most so many rows. Default: 100.

SELECT source, project, domain, launch_plan, schedule, slots, first_at, last_at, met_before_at, met_after_at, doubt
FROM v_missed_slot
WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
    AND (:launch_plan IS NULL OR launch_plan = :launch_plan)
    AND last_at >= coalesce(:since, '') AND first_at < coalesce(:until, '~')
ORDER BY first_at DESC, source, project, domain, launch_plan
LIMIT coalesce(:limit, 100);
