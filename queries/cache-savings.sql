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

WITH node AS MATERIALIZED (
    SELECT
        n.source, n.project, n.domain, n.execution, n.node_id, n.task, n.task_version,
        n.cache_status = 'CACHE_HIT' AS is_hit,
        n.cache_status <> 'CACHE_HIT' AND n.phase = 'SUCCEEDED' AS is_run
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
-- All attempts of an execution at once: looked up for each node they would be read as often as it has nodes.
took AS MATERIALIZED (
    SELECT
        t.source, t.project, t.domain, t.execution, t.node_id,
        sum(max(0.0, coalesce(t.duration_s, t.wall_s, 0.0))) AS run_s
    FROM (SELECT DISTINCT source, project, domain, execution FROM node WHERE is_run) x
    CROSS JOIN v_task_execution t
        ON t.source = x.source AND t.project = x.project AND t.domain = x.domain AND t.execution = x.execution
    WHERE t.phase = 'SUCCEEDED'
    GROUP BY t.source, t.project, t.domain, t.execution, t.node_id
),
measured AS (
    SELECT n.source, n.project, n.domain, n.task, n.task_version, n.is_hit, t.run_s
    FROM node n
    LEFT JOIN took t
        ON n.is_run AND t.execution = n.execution AND t.node_id = n.node_id AND t.source = n.source AND t.project = n.project
            AND t.domain = n.domain
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
    FROM measured
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
