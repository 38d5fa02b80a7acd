-- What the archive covers, week by week
--
-- Executions by the week (from Monday, in UTC unless the clocks say otherwise) in which they were created: how many, how many were open when last read,
-- the share of which the server withheld nothing, standing problems with single executions, and what is missing by
-- the reason (see the view v_capture); children are those that others launched. Latest week first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :since (time) Only executions created at or after this time.
-- :until (time) Only executions created before this time.
-- :clock (clock) How far the clocks are from UTC, from when on: [["", 3600], ["2026-03-29T01:00:00.000000Z", 7200], …]; --tz writes it. Default: UTC.
-- :limit (integer) At most so many rows. Default: no limit.

WITH clock AS MATERIALIZED (
    SELECT value ->> 0 AS from_at, lead(value ->> 0, 1, '~') OVER (ORDER BY value ->> 0) AS until_at, value ->> 1 AS seconds
    FROM json_each(coalesce(:clock, '[["", 0]]'))
),
run AS MATERIALIZED (
    SELECT
        source, project, domain, name, phase, is_complete, is_child,
        date(substr(created_at, 1, 19), seconds || ' seconds', '-6 days', 'weekday 1') AS week
    FROM v_execution
    JOIN clock ON created_at >= from_at AND created_at < until_at
    WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:since IS NULL OR created_at >= :since) AND (:until IS NULL OR created_at < :until)
),
covered AS (
    SELECT
        source, project, domain, week,
        count(*) AS executions,
        sum(phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')) AS open,
        avg(is_complete) AS complete_share,
        sum(is_child IS 1) AS children
    FROM run
    GROUP BY source, project, domain, week
),
standing AS (
    SELECT r.source, r.project, r.domain, r.week, count(*) AS problems
    FROM v_problem p
    JOIN run r ON r.source = p.source AND r.project = p.project AND r.domain = p.domain AND r.name = p.execution
    WHERE p.resolved_at IS NULL
    GROUP BY r.source, r.project, r.domain, r.week
),
missing AS MATERIALIZED (
    SELECT r.source, r.project, r.domain, r.week, g.state, count(*) AS gaps
    FROM v_capture g
    JOIN run r ON r.source = g.source AND r.project = g.project AND r.domain = g.domain AND r.name = g.execution
    WHERE g.state <> 'never_written'
    GROUP BY r.source, r.project, r.domain, r.week, g.state
)
SELECT
    c.source, c.project, c.domain, c.week, c.executions, c.open, c.complete_share,
    coalesce(s.problems, 0) AS problems,
    (
        SELECT group_concat(said, ', ') FROM (
            SELECT m.state || ' ' || m.gaps AS said
            FROM missing m
            WHERE m.source = c.source AND m.project = c.project AND m.domain = c.domain AND m.week = c.week
            ORDER BY m.state
        )
    ) AS withheld,
    c.children
FROM covered c
LEFT JOIN standing s ON s.source = c.source AND s.project = c.project AND s.domain = c.domain AND s.week = c.week
ORDER BY c.week DESC, c.source, c.project, c.domain
LIMIT coalesce(:limit, -1);
