-- Flaky against broken
--
-- What became of failures that were tried again: executions of one workflow version with the same inputs, in the order in
-- which they were created. A failure is flaky when the next of these succeeded, broken when it failed as well, and not
-- repeated when there was none yet. Executions whose inputs the archive does not hold are unknown. flaky_share is that of
-- the failures that were tried again, with its 95 % Wilson interval (low to high). What has its day or hour among its
-- inputs is never the same again. A recovery takes over what had succeeded, and counts as a try. Most flaky failures
-- first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Only failures that ended at or after this time; a later try counts always.
-- :until (time) Only failures that ended before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH ended AS MATERIALIZED (
    SELECT
        row_number() OVER (ORDER BY source, project, domain, name) AS id,
        source, project, domain, name, workflow, workflow_version, phase, created_at, ended_at,
        input_map_id IS NOT NULL AS has_inputs
    FROM v_execution
    WHERE phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT') AND workflow IS NOT NULL
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
),
-- Only of workflows that failed in the window.
failing AS MATERIALIZED (
    SELECT DISTINCT source, project, domain, workflow
    FROM ended
    WHERE phase <> 'SUCCEEDED' AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
),
run AS MATERIALIZED (
    SELECT e.id, e.source, e.project, e.domain, e.name, e.workflow, e.workflow_version, e.phase, e.created_at, e.ended_at, e.has_inputs
    FROM ended e
    JOIN failing f ON f.source = e.source AND f.project = e.project AND f.domain = e.domain AND f.workflow = e.workflow
),
inputs AS MATERIALIZED (
    SELECT source, id, json_group_array(json_array(name, value)) AS text, max(value IS NULL) AS is_unknown
    FROM (
        SELECT r.source, r.id, l.name, coalesce(l.value_json, l.uri) AS value
        FROM run r
        CROSS JOIN v_literal l
            ON l.source = r.source AND l.project = r.project AND l.domain = r.domain AND l.execution = r.name
        WHERE l.node_id IS NULL AND l.direction = 'input'
        ORDER BY r.id, l.name
    )
    GROUP BY source, id
),
tried AS (
    SELECT
        r.source, r.project, r.domain, r.workflow, r.name, r.phase, r.ended_at,
        r.has_inputs AND i.is_unknown IS NOT 1 AS is_known,
        lead(r.phase) OVER (
            PARTITION BY
                r.source, r.project, r.domain, r.workflow, r.workflow_version,
                iif(r.has_inputs AND i.is_unknown IS NOT 1, coalesce(i.text, '[]'), r.id)
            ORDER BY r.created_at, r.id
        ) AS next_phase
    FROM run r
    LEFT JOIN inputs i ON i.id = r.id
),
counted AS (
    SELECT
        source, project, domain, workflow,
        count(*) AS failures,
        coalesce(sum(is_known AND next_phase = 'SUCCEEDED'), 0) AS flaky,
        coalesce(sum(is_known AND next_phase <> 'SUCCEEDED'), 0) AS broken,
        sum(is_known AND next_phase IS NULL) AS not_repeated,
        sum(NOT is_known) AS unknown,
        max(CASE WHEN is_known AND next_phase = 'SUCCEEDED' THEN name END) AS flaky_example,
        max(CASE WHEN is_known AND next_phase <> 'SUCCEEDED' THEN name END) AS broken_example
    FROM tried
    WHERE phase <> 'SUCCEEDED' AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    GROUP BY source, project, domain, workflow
)
SELECT
    source, project, domain, workflow, failures, flaky, broken, not_repeated, unknown,
    1.0 * flaky / nullif(flaky + broken, 0) AS flaky_share,
    max(0.0, (2 * flaky + 3.8414588206941236 - 1.959963984540054
        * sqrt(3.8414588206941236 + 4.0 * flaky * (1 - 1.0 * flaky / nullif(flaky + broken, 0))))
        / (2 * (flaky + broken + 3.8414588206941236))) AS low,
    min(1.0, (2 * flaky + 3.8414588206941236 + 1.959963984540054
        * sqrt(3.8414588206941236 + 4.0 * flaky * (1 - 1.0 * flaky / nullif(flaky + broken, 0))))
        / (2 * (flaky + broken + 3.8414588206941236))) AS high,
    flaky_example, broken_example
FROM counted
ORDER BY flaky DESC, broken DESC, failures DESC, source, project, domain, workflow
LIMIT coalesce(:limit, 50);
