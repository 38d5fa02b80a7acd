-- Groups of failures
--
-- Failures that have their cause in common, whatever pod, number or path they name, and what became of each group: 'new'
-- (never seen before the window), 'returned' (not in the :quiet days before it), 'known', and 'gone' (in the :quiet days
-- before the window and not in it; without an end the window lasts for ever, so that only what ended before :since can be
-- gone). gone_runs is how often the workflows of a gone group ended in the window: where that is 0, nothing shows that it is
-- mended. Without :since all groups are told. is_reach_short is 1 where the archive has no ended execution of the :quiet days
-- before the window, so that 'new' may only mean that nobody looked.
-- rule is the version of the rules that made the groups. Most executions first.
--
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :since (time) Where the window begins.
-- :until (time) Where the window ends.
-- :quiet (integer) So many days make a group that was seen before 'returned', or 'gone'. Default: 28.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH failure AS (
    SELECT
        source, project, domain, execution, workflow, task, ended_at, label, cause_class, fingerprint_rule,
        coalesce(fingerprint, cause_class) AS fingerprint,
        ended_at >= coalesce(:since, '') AS is_inside,
        ended_at < coalesce(:since, '')
            AND julianday(ended_at) >= julianday(:since) - coalesce(:quiet, 28) AS is_just_before
    FROM v_failure
    WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at < coalesce(:until, '~')
),
counted AS (
    SELECT
        source, fingerprint,
        count(*) FILTER (WHERE is_inside) AS executions,
        count(*) AS executions_ever,
        count(DISTINCT project || '/' || domain || '/' || coalesce(workflow, '')) AS workflows,
        max(NOT is_inside) AS is_old,
        coalesce(max(is_just_before), 0) AS is_recent,
        min(ended_at) AS first_seen_at,
        max(ended_at) AS last_seen_at
    FROM failure
    GROUP BY source, fingerprint
),
latest AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY source, fingerprint ORDER BY ended_at DESC, project, domain, execution
        ) AS place
    FROM failure
),
told AS (
    SELECT
        c.*,
        CASE
            WHEN c.executions = 0 THEN 'gone'
            WHEN NOT c.is_old THEN 'new'
            WHEN c.is_recent THEN 'known'
            ELSE 'returned'
        END AS novelty
    FROM counted c
    WHERE c.executions > 0 OR c.is_recent
)
SELECT
    t.source, t.fingerprint, l.fingerprint_rule AS rule, t.novelty, t.executions, t.executions_ever, t.workflows,
    l.label, l.cause_class, l.task, t.first_seen_at, t.last_seen_at,
    l.project, l.domain, l.execution,
    CASE WHEN t.novelty = 'gone' THEN (
        SELECT count(*) FROM v_execution e
        WHERE e.ended_at >= coalesce(:since, '') AND e.ended_at < coalesce(:until, '~')
            AND e.source = t.source AND e.phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT')
            AND (is_child IS NOT 1 OR :children)
            AND (e.project, e.domain, e.workflow) IN (
                SELECT f.project, f.domain, f.workflow FROM failure f
                WHERE f.source = t.source AND f.fingerprint = t.fingerprint
            )
    ) END AS gone_runs,
    NOT EXISTS (
        SELECT 1 FROM v_execution e
        WHERE e.source = t.source
            AND e.ended_at < coalesce(:since, '')
            AND e.ended_at >= strftime('%Y-%m-%dT%H:%M:%S', julianday(:since) - coalesce(:quiet, 28))
    ) AS is_reach_short
FROM told t
JOIN latest l ON l.source = t.source AND l.fingerprint = t.fingerprint AND l.place = 1
ORDER BY t.executions DESC, t.executions_ever DESC, t.source, t.fingerprint
LIMIT coalesce(:limit, 50);
