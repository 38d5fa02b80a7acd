-- Requested resources by workflow
--
-- Requested CPU, memory and GPUs times elements of a map, replicas of a distributed task and the run time of attempts, in
-- hours: what was used lies below. Columns without suffix are the upper bound; those with _low the lower one: they
-- differ where the server never saw an attempt run (from nothing to creation until end) and where elements of a map have
-- no times of their own (from one running at a time to all of them all the time). What never had a container counts
-- nothing. Failed attempts were the last of their node, retried ones were followed by another. Work counts once, where it
-- was done: children's hours are told beside the whole. Most core-hours first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 100.

WITH run AS (
    SELECT
        t.source, t.project, t.domain, e.workflow, t.phase, e.is_child IS 1 AS is_child,
        t.had_container IS 0 AS is_waiting,
        CASE WHEN t.had_container IS 0 THEN 0.0 ELSE max(0.0, coalesce(t.duration_s, t.wall_s, 0.0)) END
            * coalesce(t.replicas, 1) * coalesce(t.elements, 1) AS seconds,
        CASE WHEN t.had_container IS 0 THEN 0.0 ELSE max(0.0, coalesce(t.duration_s, 0.0)) END
            * coalesce(t.replicas, 1) * min(1, coalesce(t.elements, 1)) AS seconds_low,
        t.duration_s IS NULL AS is_unseen,
        coalesce(t.cpu_request, 0) AS cores,
        coalesce(t.memory_request_bytes, 0) / 1073741824.0 AS gib,
        coalesce(t.gpu_request, 0) AS gpus,
        t.cpu_request IS NULL AND t.memory_request_bytes IS NULL AND t.gpu_request IS NULL AS is_bare,
        t.phase = 'FAILED' AND EXISTS (
            SELECT 1 FROM v_task_execution u
            WHERE u.source = t.source AND u.project = t.project AND u.domain = t.domain
                AND u.execution = t.execution AND u.node_id = t.node_id AND u.attempt > t.attempt
        ) AS is_retried
    FROM v_task_execution t
    JOIN v_execution e
        ON e.source = t.source AND e.project = t.project AND e.domain = t.domain AND e.name = t.execution
    WHERE t.phase IN ('SUCCEEDED', 'FAILED', 'ABORTED')
        AND (:project IS NULL OR t.project = :project) AND (:domain IS NULL OR t.domain = :domain)
        AND (:workflow IS NULL OR e.workflow = :workflow)
        AND (:children IS NOT 0 OR e.is_child IS NOT 1)
        AND t.ended_at >= coalesce(:since, '') AND t.ended_at < coalesce(:until, '~')
)
SELECT
    source, project, domain, workflow,
    count(*) AS attempts,
    sum(cores * seconds_low) / 3600 AS core_hours_low,
    sum(cores * seconds) / 3600 AS core_hours,
    sum(gib * seconds_low) / 3600 AS gib_hours_low,
    sum(gib * seconds) / 3600 AS gib_hours,
    sum(gpus * seconds_low) / 3600 AS gpu_hours_low,
    sum(gpus * seconds) / 3600 AS gpu_hours,
    sum(iif(phase = 'SUCCEEDED', cores * seconds, 0.0)) / 3600 AS useful_core_hours,
    sum(iif(phase = 'FAILED' AND NOT is_retried, cores * seconds, 0.0)) / 3600 AS failed_core_hours,
    sum(iif(phase = 'FAILED' AND is_retried, cores * seconds, 0.0)) / 3600 AS retried_core_hours,
    sum(iif(phase = 'ABORTED', cores * seconds, 0.0)) / 3600 AS aborted_core_hours,
    sum(iif(phase <> 'SUCCEEDED', gib * seconds, 0.0)) / 3600 AS wasted_gib_hours,
    sum(iif(is_unseen, cores * seconds, 0.0)) / 3600 AS unseen_core_hours,
    sum(iif(is_child, cores * seconds, 0.0)) / 3600 AS child_core_hours,
    sum(is_bare AND NOT is_waiting) AS attempts_without_request,
    sum(is_waiting) AS attempts_without_container
FROM run
GROUP BY source, project, domain, workflow
ORDER BY core_hours DESC, source, project, domain, workflow
LIMIT coalesce(:limit, 100);
