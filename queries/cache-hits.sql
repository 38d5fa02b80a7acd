-- Cache hits by task
--
-- Nodes of tasks that have a cache, by what it did for them. Highest number of nodes first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only this task.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

SELECT
    source, project, domain, task,
    count(*) AS nodes,
    sum(cache_status = 'CACHE_HIT') AS hits,
    sum(cache_status = 'CACHE_POPULATED') AS populated,
    sum(cache_status NOT IN ('CACHE_HIT', 'CACHE_POPULATED')) AS others,
    1.0 * sum(cache_status = 'CACHE_HIT') / count(*) AS hit_rate
FROM v_node_execution t
WHERE cache_status <> 'CACHE_DISABLED'
    AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
    AND (:task IS NULL OR task = :task)
    AND (:children IS NOT 0 OR NOT EXISTS (
        SELECT 1 FROM v_execution e
        WHERE e.source = t.source AND e.project = t.project AND e.domain = t.domain AND e.name = t.execution
            AND e.is_child
    ))
    AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
GROUP BY source, project, domain, task
ORDER BY nodes DESC, source, project, domain, task
LIMIT coalesce(:limit, 50);
