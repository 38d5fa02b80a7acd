-- Retries by task
--
-- Nodes that needed more than one attempt, and what became of them: flaky ones succeeded in the end. A node counts, with
-- all of its attempts, where the node ended. Most retried attempts first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :task (text) Only this task.
-- :since (time) Only nodes that ended at or after this time.
-- :until (time) Only nodes that ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

WITH node AS (
    SELECT source, project, domain, task, execution, node_id, phase, attempt_count - 1 AS retried
    FROM v_node_execution t
    WHERE attempt_count > 0 AND phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:task IS NULL OR task = :task)
        AND (:children IS NOT 0 OR NOT EXISTS (
            SELECT 1 FROM v_execution e
            WHERE e.source = t.source AND e.project = t.project AND e.domain = t.domain AND e.name = t.execution
                AND e.is_child
        ))
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
lost AS (
    SELECT n.source, n.project, n.domain, n.task, sum(a.duration_s) AS lost_s
    FROM node n
    JOIN v_task_execution a
        ON a.source = n.source AND a.project = n.project AND a.domain = n.domain AND a.execution = n.execution
        AND a.node_id = n.node_id
    WHERE n.retried > 0 AND a.phase = 'FAILED'
    GROUP BY n.source, n.project, n.domain, n.task
),
total AS (
    SELECT
        source, project, domain, task,
        count(*) AS nodes,
        sum(retried > 0) AS nodes_retried,
        sum(retried) AS retried_attempts,
        sum(retried > 0 AND phase = 'SUCCEEDED') AS flaky,
        sum(retried > 0 AND phase IN ('FAILED', 'TIMED_OUT')) AS failed_in_the_end,
        sum(retried > 0 AND phase = 'ABORTED') AS aborted_in_the_end
    FROM node
    GROUP BY source, project, domain, task
    HAVING sum(retried) > 0
)
SELECT
    t.source, t.project, t.domain, t.task, t.nodes, t.nodes_retried, t.retried_attempts, t.flaky, t.failed_in_the_end,
    t.aborted_in_the_end,
    coalesce(l.lost_s, 0.0) AS failed_attempts_s
FROM total t
LEFT JOIN lost l ON l.source = t.source AND l.project = t.project AND l.domain = t.domain AND l.task IS t.task
ORDER BY t.retried_attempts DESC, t.source, t.project, t.domain, t.task
LIMIT coalesce(:limit, 50);
