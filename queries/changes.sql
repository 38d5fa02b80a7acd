-- Changes of durations and failures
--
-- Moments since which a workflow or one of its nodes takes another time, or fails more or less often, than before: the
-- history falls apart there more than chance gives, all histories of the archive taken together. Durations are medians in
-- seconds, of a workflow from start to end, of a node from its creation to its end; failures are shares. low and high are
-- the 95 % interval of the difference. with_what says what else changed there, as far as executions tell. Newest first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :measure (text) Only duration, or only failure_rate.
-- :since (time) Only what changed at or after this time.
-- :until (time) Only what changed before this time.
-- :limit (integer) At most so many rows. Default: 100.

SELECT source, project, domain, workflow, node_path, measure, at, before, after, low, high, p, with_what
FROM v_change
WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
    AND (:workflow IS NULL OR workflow = :workflow) AND (:measure IS NULL OR measure = :measure)
    AND at >= coalesce(:since, '') AND at < coalesce(:until, '~')
ORDER BY at DESC, source, project, domain, workflow, node_path, measure
LIMIT coalesce(:limit, 100);
