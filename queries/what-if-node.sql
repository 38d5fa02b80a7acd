-- What if a node were faster, or gone
--
-- How long a workflow's runs would have taken, on average, had one task node run :times faster, or not at all (gone): by the
-- network of what waited for what, so that a node beside a longer one saves nothing, and one that ends just before another saves
-- only the difference. Only the run of its last attempt gets faster; queue, retries and the engine stay. Two figures where the
-- run is not known: an attempt that nobody saw run did so between not at all and from its creation to its end. Nodes whose
-- network is not known are left out. What would surely be saved by the faster node decides the order, most first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :node_path (text) Only this node.
-- :times (real) So many times faster, at least 1. Default: 2.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH run AS (
    SELECT source, project, domain, name, workflow, wall_s
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
size AS (
    SELECT source, project, domain, workflow, count(*) AS runs, avg(wall_s) AS wall_s
    FROM run
    GROUP BY source, project, domain, workflow
),
attempt AS (
    SELECT
        r.source, r.project, r.domain, r.workflow, r.name, t.node_id, t.duration_s, t.wall_s, t.had_container,
        row_number() OVER (
            PARTITION BY r.source, r.project, r.domain, r.name, t.node_id ORDER BY t.attempt DESC
        ) AS place
    FROM run r
    CROSS JOIN v_task_execution t
        ON t.source = r.source AND t.project = r.project AND t.domain = r.domain AND t.execution = r.name
),
node AS (
    SELECT
        a.source, a.project, a.domain, a.workflow, a.name, s.node_path, s.drag_s,
        CASE WHEN a.had_container IS 0 THEN 0.0 ELSE max(0.0, coalesce(a.duration_s, 0.0)) END AS run_low_s,
        CASE WHEN a.had_container IS 0 THEN 0.0 ELSE max(0.0, coalesce(a.duration_s, a.wall_s, 0.0)) END AS run_high_s
    FROM attempt a
    CROSS JOIN v_slack s
        ON s.source = a.source AND s.project = a.project AND s.domain = a.domain AND s.execution = a.name
            AND s.node_id = a.node_id
    WHERE a.place = 1 AND s.drag_s IS NOT NULL AND s.node_path IS NOT NULL
        AND (:node_path IS NULL OR s.node_path = :node_path)
),
saved AS (
    SELECT
        source, project, domain, workflow, node_path,
        count(*) AS nodes,
        sum(drag_s) AS gone_s,
        sum(min(drag_s, run_low_s * (1 - 1 / max(1.0, coalesce(:times, 2.0))))) AS least_s,
        sum(min(drag_s, run_high_s * (1 - 1 / max(1.0, coalesce(:times, 2.0))))) AS most_s
    FROM node
    GROUP BY source, project, domain, workflow, node_path
)
SELECT
    s.source, s.project, s.domain, s.workflow, v.node_path, s.runs, v.nodes, s.wall_s,
    s.wall_s - v.most_s / s.runs AS faster_low_s,
    s.wall_s - v.least_s / s.runs AS faster_high_s,
    s.wall_s - v.gone_s / s.runs AS gone_s
FROM size s
JOIN saved v
    ON v.source = s.source AND v.project = s.project AND v.domain = s.domain AND v.workflow IS s.workflow
ORDER BY v.least_s / s.runs DESC, v.most_s / s.runs DESC, s.source, s.project, s.domain, s.workflow, v.node_path
LIMIT coalesce(:limit, 50);
