-- What followed failures
--
-- Each execution that failed or timed out, and what came after it. followed_by is told by the first of these that is so:
-- 'repeated and passed' (a relaunch or recovery of it succeeded), 'passed' (the next run of its launch plan succeeded, with
-- the same workflow version), 'other version passed', 'failed alike' (its cause has the same fingerprint), 'failed
-- otherwise', 'timed out' or 'failed' (where the fingerprints cannot be compared), and 'nothing' while no later run has
-- ended. The next run is the first that was created after it had ended and did not end by being aborted.
-- passed_execution is the first later run of its launch plan that succeeded, a repetition of it included, and failed_between how
-- many later ones failed before that, or so far. Newest failure first.
--
-- :source (text) Only this installation.
-- :project (text) Only this project.
-- :domain (text) Only this domain.
-- :workflow (text) Only this workflow.
-- :fingerprint (text) Only failures whose causes have this fingerprint.
-- :execution (text) Only this execution.
-- :since (time) Only what failed at or after this time.
-- :until (time) Only what failed before this time.
-- :children (integer) 1 counts executions that others launched, too; 0 leaves them out. Default: 0.
-- :limit (integer) At most so many rows. Default: 50.

WITH failure AS MATERIALIZED (
    SELECT source, project, domain, execution, workflow, ended_at, fingerprint, label, cause_class
    FROM v_failure
    WHERE (:source IS NULL OR source = :source)
        AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
        AND (:workflow IS NULL OR workflow = :workflow)
        AND (:fingerprint IS NULL OR fingerprint = :fingerprint)
        AND (:execution IS NULL OR execution = :execution)
        AND (is_child IS NOT 1 OR :children)
        AND ended_at >= coalesce(:since, '') AND ended_at < coalesce(:until, '~')
    ORDER BY ended_at DESC, source, project, domain, execution
    LIMIT coalesce(:limit, 50)
),
run AS MATERIALIZED (
    SELECT
        r.source, r.project, r.domain, r.workflow, r.launch_plan, r.name, r.phase, r.workflow_version, r.created_at,
        r.ended_at, r.reference_execution, r.created_at || ' ' || r.name AS place
    FROM (SELECT source, project, domain, workflow, min(ended_at) AS since FROM failure GROUP BY source, project, domain, workflow) f
    CROSS JOIN v_execution r
        ON r.source = f.source AND r.project = f.project AND r.domain = f.domain AND r.workflow = f.workflow
    WHERE r.phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT') AND r.created_at >= f.since
),
failed AS MATERIALIZED (
    SELECT f.*, e.workflow_version, e.launch_plan
    FROM failure f
    CROSS JOIN v_execution e
        ON e.source = f.source AND e.project = f.project AND e.domain = f.domain AND e.name = f.execution
),
-- Failures among the runs, from the last to the first: what is nearest in the past of this order comes next.
event AS (
    SELECT source, project, domain, workflow, launch_plan, created_at AS at, phase, place, NULL AS execution
    FROM run
    UNION ALL
    SELECT source, project, domain, workflow, launch_plan, ended_at, NULL, NULL, execution
    FROM failed
),
walked AS MATERIALIZED (
    SELECT
        source, project, domain, workflow, launch_plan, place, execution,
        min(place) OVER later AS next_place,
        min(place) FILTER (WHERE phase = 'SUCCEEDED') OVER later AS passed_place,
        count(*) FILTER (WHERE phase IN ('FAILED', 'TIMED_OUT')) OVER later AS failures
    FROM event
    WINDOW later AS (
        PARTITION BY source, project, domain, workflow, launch_plan ORDER BY at DESC, place IS NULL, place DESC
        ROWS UNBOUNDED PRECEDING
    )
),
told AS (
    SELECT
        f.*, n.name AS next_execution, n.phase AS next_phase, n.workflow_version AS next_version,
        p.name AS passed_execution, p.workflow_version AS passed_version, p.ended_at AS passed_ended_at,
        w.failures - coalesce(q.failures, 0) AS failed_between,
        (
            SELECT x.fingerprint FROM v_failure x
            WHERE x.source = f.source AND x.project = f.project AND x.domain = f.domain AND x.execution = n.name
        ) AS next_fingerprint,
        -- A repetition may be of another launch plan.
        EXISTS (
            SELECT 1 FROM run r
            WHERE r.source = f.source AND r.project = f.project AND r.domain = f.domain AND r.phase = 'SUCCEEDED'
                AND r.reference_execution = f.execution AND r.created_at >= f.ended_at
        ) AS is_repeated
    FROM walked w
    CROSS JOIN failed f
        ON f.source = w.source AND f.project = w.project AND f.domain = w.domain AND f.execution = w.execution
    LEFT JOIN run n
        ON n.source = f.source AND n.project = f.project AND n.domain = f.domain AND n.workflow = f.workflow
            AND n.place = w.next_place
    LEFT JOIN run p
        ON p.source = f.source AND p.project = f.project AND p.domain = f.domain AND p.workflow = f.workflow
            AND p.place = w.passed_place
    LEFT JOIN walked q
        ON q.source = f.source AND q.project = f.project AND q.domain = f.domain AND q.workflow = f.workflow
            AND q.place = w.passed_place
)
SELECT
    source, project, domain, execution, workflow, workflow_version, ended_at, cause_class, label,
    CASE
        WHEN is_repeated THEN 'repeated and passed'
        WHEN next_execution IS NULL THEN 'nothing'
        WHEN next_phase = 'SUCCEEDED' THEN iif(next_version IS workflow_version, 'passed', 'other version passed')
        WHEN next_fingerprint = fingerprint THEN 'failed alike'
        WHEN next_fingerprint IS NOT NULL AND fingerprint IS NOT NULL THEN 'failed otherwise'
        ELSE iif(next_phase = 'TIMED_OUT', 'timed out', 'failed')
    END AS followed_by,
    next_execution, next_version, passed_execution, passed_version, passed_ended_at, failed_between, fingerprint
FROM told
ORDER BY ended_at DESC, source, project, domain, execution;
