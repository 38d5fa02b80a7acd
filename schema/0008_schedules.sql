-- Version 8: which times of a schedule have no execution.

CREATE TABLE schedule_series (
    -- A launch plan that was run by a schedule, all its versions together.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The launch plan.
    launch_plan TEXT NOT NULL,
    -- The schedule of the version that ran last; NULL when that is not in the archive.
    schedule TEXT,
    -- By whose clocks it goes; NULL when it cannot be read.
    time_zone TEXT,
    -- For how many times that it meant there is an execution.
    runs INTEGER NOT NULL,
    -- How many stretches from such a time to the next one could not be looked through.
    unjudged INTEGER NOT NULL,
    -- Why not, of the latest of them: not_archived (the launch plan's version), unreadable (its schedule), changed (it was another
    -- one at the end, or in between), off_schedule (runs were not meant for times of the schedule) or too_long.
    unjudged_reason TEXT,
    -- The first time that was meant and has an execution.
    first_at INTEGER NOT NULL,
    -- The last one.
    last_at INTEGER NOT NULL,
    -- What the schedule means after that; NULL when it cannot be told.
    next_at INTEGER,
    PRIMARY KEY (scope_id, launch_plan)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_gap (
    -- Times that a launch plan's schedule meant, one after the other, without an execution; before and after them there are some.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The launch plan.
    launch_plan TEXT NOT NULL,
    -- The first of them.
    from_at INTEGER NOT NULL,
    -- The last.
    until_at INTEGER NOT NULL,
    -- How many.
    slots INTEGER NOT NULL,
    -- The schedule.
    schedule TEXT NOT NULL,
    -- The last time before them that has an execution.
    before_at INTEGER NOT NULL,
    -- The first time after them that has one.
    after_at INTEGER NOT NULL,
    PRIMARY KEY (scope_id, launch_plan, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_due (
    -- A launch plan of which scheduled executions or versions were written since its times were last looked through.
    scope_id INTEGER NOT NULL REFERENCES scope,
    -- The launch plan.
    launch_plan TEXT NOT NULL,
    PRIMARY KEY (scope_id, launch_plan)
) STRICT, WITHOUT ROWID;

CREATE INDEX execution_by_schedule ON execution (launch_plan_id, scheduled_at) WHERE scheduled_at IS NOT NULL;

CREATE TRIGGER schedule_is_due AFTER INSERT ON execution
WHEN new.scheduled_at IS NOT NULL AND new.launch_plan_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan)
    VALUES (
        (SELECT scope_id FROM definition WHERE id = new.launch_plan_id),
        (SELECT name FROM definition WHERE id = new.launch_plan_id)
    );
END;

CREATE TRIGGER schedule_is_due_again AFTER UPDATE OF scheduled_at, launch_plan_id, mode ON execution
WHEN new.launch_plan_id IS NOT NULL AND (
    new.scheduled_at IS NOT old.scheduled_at OR new.launch_plan_id IS NOT old.launch_plan_id OR new.mode <> old.mode
) BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan)
    VALUES (
        (SELECT scope_id FROM definition WHERE id = new.launch_plan_id),
        (SELECT name FROM definition WHERE id = new.launch_plan_id)
    );
END;

CREATE TRIGGER schedule_is_due_without AFTER DELETE ON execution
WHEN old.scheduled_at IS NOT NULL AND old.launch_plan_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan)
    VALUES (
        (SELECT scope_id FROM definition WHERE id = old.launch_plan_id),
        (SELECT name FROM definition WHERE id = old.launch_plan_id)
    );
END;

CREATE TRIGGER schedule_is_due_by_version AFTER UPDATE OF pack_id, schedule, created_at ON definition
WHEN new.kind = 'launch_plan' AND (
    new.schedule IS NOT old.schedule OR new.created_at IS NOT old.created_at OR (new.pack_id IS NULL) <> (old.pack_id IS NULL)
) BEGIN
    INSERT OR IGNORE INTO schedule_due (scope_id, launch_plan) VALUES (new.scope_id, new.name);
END;

-- All that is there already.
INSERT INTO schedule_due (scope_id, launch_plan)
SELECT DISTINCT d.scope_id, d.name FROM execution e JOIN definition d ON d.id = e.launch_plan_id
WHERE e.scheduled_at IS NOT NULL;

CREATE VIEW v_schedule AS -- One row a launch plan that was run by a schedule, all its versions together.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    h.launch_plan AS launch_plan,
    h.schedule AS schedule,
    h.time_zone AS time_zone,
    h.runs AS runs,
    (
        SELECT coalesce(sum(g.slots), 0) FROM schedule_gap g
        WHERE g.scope_id = h.scope_id AND g.launch_plan = h.launch_plan
    ) AS missed,
    h.unjudged AS unjudged,
    h.unjudged_reason AS unjudged_reason,
    strftime('%Y-%m-%dT%H:%M:%S', h.first_at / 1000000000 - (h.first_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.first_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS first_scheduled_at,
    strftime('%Y-%m-%dT%H:%M:%S', h.last_at / 1000000000 - (h.last_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.last_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS last_scheduled_at,
    strftime('%Y-%m-%dT%H:%M:%S', h.next_at / 1000000000 - (h.next_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (h.next_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS next_scheduled_at,
    (
        SELECT strftime('%Y-%m-%dT%H:%M:%S', w.updated_at / 1000000000 - (w.updated_at % 1000000000 < 0), 'unixepoch')
            || printf('.%06dZ', (w.updated_at % 1000000000 + 1000000000) % 1000000000 / 1000)
        FROM watermark w WHERE w.scope_id = h.scope_id
    ) AS complete_up_to
FROM schedule_series h
JOIN scope c ON c.id = h.scope_id
JOIN source s ON s.id = c.source_id;

CREATE VIEW v_missed_slot AS -- One row a row of times that a launch plan's schedule meant and that have no execution, though others before and after them have.
SELECT
    s.name AS source,
    c.project AS project,
    c.domain AS domain,
    g.launch_plan AS launch_plan,
    g.schedule AS schedule,
    strftime('%Y-%m-%dT%H:%M:%S', g.from_at / 1000000000 - (g.from_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.from_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS first_at,
    strftime('%Y-%m-%dT%H:%M:%S', g.until_at / 1000000000 - (g.until_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.until_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS last_at,
    g.slots AS slots,
    strftime('%Y-%m-%dT%H:%M:%S', g.before_at / 1000000000 - (g.before_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.before_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS met_before_at,
    strftime('%Y-%m-%dT%H:%M:%S', g.after_at / 1000000000 - (g.after_at % 1000000000 < 0), 'unixepoch')
        || printf('.%06dZ', (g.after_at % 1000000000 + 1000000000) % 1000000000 / 1000) AS met_after_at,
    -- The surest reason first.
    CASE
        WHEN coalesce((SELECT w.updated_at FROM watermark w WHERE w.scope_id = g.scope_id) <= g.after_at, 1)
            THEN 'not_harvested'
        WHEN EXISTS (
            SELECT 1 FROM problem p
            WHERE p.source_id = c.source_id AND p.resolved_at IS NULL AND coalesce(p.project, c.project) = c.project
                AND coalesce(p.domain, c.domain) = c.domain
        ) THEN 'problems'
        WHEN EXISTS (
            SELECT 1 FROM tombstone t
            WHERE t.source_id = c.source_id AND t.kind = 'execution' AND t.forgotten_at > g.from_at
        ) THEN 'forgotten'
    END AS doubt
FROM schedule_gap g
JOIN scope c ON c.id = g.scope_id
JOIN source s ON s.id = c.source_id;

PRAGMA user_version = 8;
