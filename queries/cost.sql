-- Cost
--
-- What attempts cost by their requests and the prices that held when they ended ('flightlog prices'), by :by: workflow, task,
-- project, domain, principal, cluster, week, outcome, or label:KEY (the value of a label). Requests bound use from above, and so
-- cost is an upper bound of what was used; cost_low counts nothing for attempts that nobody saw run and one element of a map at
-- a time. wasted is what failed, was retried or aborted. unpriced_share is the share of container time without any price or
-- request, and has no cost; partly_share that of which CPU, memory or GPUs are not told or have no price: the true cost is
-- higher by that. Weeks begin on Mondays (UTC). A row for each currency. Most expensive first.
--
-- :by (text) What to group by. Default: workflow.
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 1.
-- :limit (integer) At most so many rows. Default: 50.

WITH work AS (
    SELECT
        c.source, c.outcome, c.currency, c.cost_low, c.cost, c.is_whole, c.seconds_high / 3600 AS hours,
        CASE coalesce(:by, 'workflow')
            WHEN 'workflow' THEN c.project || '/' || c.domain || '/' || coalesce(e.workflow, '')
            WHEN 'task' THEN c.project || '/' || c.domain || '/' || coalesce(c.task, '')
            WHEN 'project' THEN c.project
            WHEN 'domain' THEN c.project || '/' || c.domain
            WHEN 'principal' THEN coalesce(e.principal, '')
            WHEN 'cluster' THEN coalesce(e.cluster, '')
            WHEN 'week' THEN date(substr(c.ended_at, 1, 10), '-6 days', 'weekday 1')
            WHEN 'outcome' THEN c.outcome
            ELSE (
                SELECT coalesce(t.value, '') FROM v_execution_tag t
                WHERE t.source = c.source AND t.project = c.project AND t.domain = c.domain AND t.execution = c.execution
                    AND t.kind = 'label' AND 'label:' || t.key = :by
            )
        END AS part
    FROM v_cost c
    JOIN v_execution e
        ON e.source = c.source AND e.project = c.project AND e.domain = c.domain AND e.name = c.execution
    WHERE (:project IS NULL OR c.project = :project) AND (:domain IS NULL OR c.domain = :domain)
        AND (:workflow IS NULL OR e.workflow = :workflow)
        AND (:children IS NOT 0 OR e.is_child IS NOT 1)
        AND c.ended_at >= coalesce(:since, '') AND c.ended_at < coalesce(:until, '~')
)
SELECT
    source, part, currency,
    count(*) AS attempts,
    sum(hours) AS container_hours,
    sum(cost_low) AS cost_low,
    sum(cost) AS cost,
    sum(iif(outcome = 'useful', cost, 0 * cost)) AS useful,
    sum(iif(outcome = 'failed', cost, 0 * cost)) AS failed,
    sum(iif(outcome = 'retried', cost, 0 * cost)) AS retried,
    sum(iif(outcome = 'aborted', cost, 0 * cost)) AS aborted,
    sum(iif(outcome IN ('failed', 'retried', 'aborted'), cost, 0 * cost)) AS wasted,
    sum(iif(cost IS NULL, hours, 0.0)) / nullif(sum(hours), 0) AS unpriced_share,
    sum(iif(cost IS NOT NULL AND NOT is_whole, hours, 0.0)) / nullif(sum(hours), 0) AS partly_share
FROM work
WHERE part IS NOT NULL
GROUP BY source, part, currency
ORDER BY cost DESC, container_hours DESC, source, part, currency
LIMIT coalesce(:limit, 50);
