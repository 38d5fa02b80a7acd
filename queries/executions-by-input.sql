-- Executions by input value
--
-- How executions of each workflow fared by the values of their inputs: which region fails, which size is slow. The mean
-- duration is that of successes, without what was recovered. Values that no other execution shares (above all dates)
-- are left out unless a value is asked for. Most first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :name (text) Only this input variable.
-- :value (text) Only this value, as text or JSON.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 100.

WITH run AS MATERIALIZED (
    SELECT source, project, domain, name, workflow, phase, mode, duration_s
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
)
SELECT
    e.source, e.project, e.domain, e.workflow, l.name AS input, coalesce(l.value_text, l.value_json) AS value,
    count(*) AS executions,
    sum(e.phase = 'SUCCEEDED') AS succeeded,
    sum(e.phase IN ('FAILED', 'TIMED_OUT')) AS failed,
    sum(e.phase = 'ABORTED') AS aborted,
    avg(CASE WHEN e.phase = 'SUCCEEDED' AND e.mode IS NOT 'RECOVERED' THEN e.duration_s END) AS mean_duration_s,
    max(e.name) AS example
FROM run e
JOIN v_literal l ON l.source = e.source AND l.project = e.project AND l.domain = e.domain AND l.execution = e.name
WHERE l.direction = 'input' AND l.node_id IS NULL AND l.attempt IS NULL
    AND coalesce(l.value_text, l.value_json) IS NOT NULL
    AND (:name IS NULL OR l.name = :name)
    AND (:value IS NULL OR l.value_text = :value OR l.value_json = :value)
GROUP BY e.source, e.project, e.domain, e.workflow, l.name, coalesce(l.value_text, l.value_json)
HAVING count(*) > 1 OR :value IS NOT NULL
ORDER BY executions DESC, e.source, e.project, e.domain, e.workflow, input, value
LIMIT coalesce(:limit, 100);
