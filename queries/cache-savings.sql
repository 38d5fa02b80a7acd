-- Time saved by the cache
--
-- How much run time hits saved, by task and version: hits times the mean run of the same version's successes that were not found,
-- with the 95 % interval of that mean (normal; NULL below 10 runs, as is the mean without any). attempts_s is what those runs took,
-- for comparison. A hit of a version that never ran here cannot be measured, and is counted in unmeasured. Time on the critical
-- path may be less: see what-if. Most saved first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

WITH node AS (
    SELECT
        n.source, n.project, n.domain, n.task, n.task_version, n.cache_status = 'CACHE_HIT' AS is_hit,
        CASE WHEN n.cache_status <> 'CACHE_HIT' AND n.phase = 'SUCCEEDED' THEN (
            SELECT sum(max(0.0, coalesce(t.duration_s, t.wall_s, 0.0))) FROM v_task_execution t
            WHERE t.source = n.source AND t.project = n.project AND t.domain = n.domain
                AND t.execution = n.execution AND t.node_id = n.node_id AND t.phase = 'SUCCEEDED'
        ) END AS run_s
    FROM v_node_execution n
    WHERE n.cache_status IS NOT NULL AND n.cache_status <> 'CACHE_DISABLED' AND n.task IS NOT NULL
        AND (:project IS NULL OR n.project = :project) AND (:domain IS NULL OR n.domain = :domain)
        AND (:task IS NULL OR n.task = :task)
        AND (:children IS NOT 0 OR NOT EXISTS (
            SELECT 1 FROM v_execution e
            WHERE e.source = n.source AND e.project = n.project AND e.domain = n.domain AND e.name = n.execution
                AND e.is_child
        ))
        AND n.ended_at >= coalesce(:since, '') AND n.ended_at < coalesce(:until, '~')
),
version AS (
    SELECT
        source, project, domain, task, task_version,
        sum(is_hit) AS hits,
        count(run_s) AS runs,
        coalesce(sum(run_s), 0.0) AS attempts_s,
        avg(run_s) AS mean_s,
        -- Of the mean: its own spread, by the sum of squares around it.
        CASE WHEN count(run_s) >= 10 THEN
            1.959963984540054 * sqrt(max(0.0, sum(run_s * run_s) - sum(run_s) * sum(run_s) / count(run_s))
                / (count(run_s) - 1.0) / count(run_s))
        END AS half_s
    FROM node
    GROUP BY source, project, domain, task, task_version
)
SELECT
    source, project, domain, task,
    sum(hits) AS hits,
    sum(runs) AS runs,
    sum(iif(runs = 0, hits, 0)) AS unmeasured,
    sum(hits * mean_s) AS saved_s,
    iif(sum(hits > 0 AND runs > 0 AND half_s IS NULL), NULL, sum(hits * max(0.0, mean_s - half_s))) AS saved_low_s,
    iif(sum(hits > 0 AND runs > 0 AND half_s IS NULL), NULL, sum(hits * (mean_s + half_s))) AS saved_high_s,
    sum(attempts_s) AS attempts_s
FROM version
GROUP BY source, project, domain, task
HAVING sum(hits) > 0
ORDER BY saved_s DESC, hits DESC, source, project, domain, task
LIMIT coalesce(:limit, 50);
