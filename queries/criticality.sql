-- Criticality of nodes
--
-- In how many of a workflow's runs a node lies on the critical path, with a 95 % Wilson interval, and what that means:
-- expected_s is the time on the path that a run has for it (runs without it count as 0), expected_drag_s how much less a run
-- would take had the node taken no time: what making it faster can win at most. slack_s is how much longer it could take when
-- it is off the path, on average. A node with others inside is told with all that lies in it. Nodes whose network is
-- not known are left out, and counted in unknown. Most expected drag first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only what ended at or after this time.
-- :until (time) Only what ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH run AS (
    SELECT source, project, domain, name, workflow
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
node AS (
    SELECT
        r.source, r.project, r.domain, r.workflow, r.name AS execution, s.node_path,
        max(s.on_path) AS on_path, max(s.drag_s) AS drag_s, min(s.slack_s) AS slack_s
    FROM run r
    CROSS JOIN v_slack s
        ON s.source = r.source AND s.project = r.project AND s.domain = r.domain AND s.execution = r.name
    WHERE s.node_path IS NOT NULL
    GROUP BY r.source, r.project, r.domain, r.workflow, r.name, s.node_path
),
step AS (
    SELECT r.source, r.project, r.domain, r.workflow, p.node_path, sum(p.duration_s) AS total_s
    FROM run r
    CROSS JOIN v_critical_path p
        ON p.source = r.source AND p.project = r.project AND p.domain = r.domain AND p.execution = r.name
    WHERE p.node_path IS NOT NULL
    GROUP BY r.source, r.project, r.domain, r.workflow, p.node_path
),
size AS (
    SELECT source, project, domain, workflow, count(DISTINCT execution) AS runs
    FROM node
    GROUP BY source, project, domain, workflow
),
counted AS (
    SELECT
        n.source, n.project, n.domain, n.workflow, n.node_path,
        s.runs, count(*) AS present, sum(n.on_path) AS on_path,
        count(*) - count(n.drag_s) AS unknown,
        sum(n.drag_s) / s.runs AS expected_drag_s,
        avg(CASE WHEN NOT n.on_path THEN n.slack_s END) AS slack_s,
        max(n.execution) AS example
    FROM node n
    JOIN size s ON s.source = n.source AND s.project = n.project AND s.domain = n.domain AND s.workflow IS n.workflow
    GROUP BY n.source, n.project, n.domain, n.workflow, n.node_path
)
SELECT
    c.source, c.project, c.domain, c.workflow,
    (
        SELECT coalesce(n.node_name, n.spec_node_id, n.node_id)
        FROM v_node_execution n
        WHERE n.source = c.source AND n.project = c.project AND n.domain = c.domain AND n.execution = c.example
            AND n.node_path = c.node_path
        ORDER BY n.node_id
        LIMIT 1
    ) AS node,
    c.runs, c.present, c.on_path,
    1.0 * c.on_path / c.runs AS criticality,
    max(0.0, (2 * c.on_path + 3.8414588206941236 - 1.959963984540054
        * sqrt(3.8414588206941236 + 4.0 * c.on_path * (1 - 1.0 * c.on_path / c.runs)))
        / (2 * (c.runs + 3.8414588206941236))) AS low,
    min(1.0, (2 * c.on_path + 3.8414588206941236 + 1.959963984540054
        * sqrt(3.8414588206941236 + 4.0 * c.on_path * (1 - 1.0 * c.on_path / c.runs)))
        / (2 * (c.runs + 3.8414588206941236))) AS high,
    coalesce((
        SELECT sum(t.total_s) FROM step t
        WHERE t.source = c.source AND t.project = c.project AND t.domain = c.domain AND t.workflow IS c.workflow
            AND substr(t.node_path || '/', 1, length(c.node_path) + 1) = c.node_path || '/'
    ), 0.0) / c.runs AS expected_s,
    c.expected_drag_s, c.slack_s, c.unknown, c.node_path
FROM counted c
ORDER BY c.expected_drag_s DESC, c.source, c.project, c.domain, c.workflow, c.node_path
LIMIT coalesce(:limit, 50);
