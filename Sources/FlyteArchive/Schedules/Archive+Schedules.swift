import FlyteModel
import Tables

// Which times of schedules have an execution: what the archive has is told here, what follows from it is found elsewhere and kept
// here.
extension Archive {
    /// The launch plans of which scheduled executions or versions were written since their times were last looked through.
    public func schedulesDue() throws(ArchiveError) -> [ScheduleSubject] {
        guard version >= 8 else { return [] }
        return try scheduleSubjects("SELECT scope_id, launch_plan FROM schedule_due ORDER BY 1, 2")
    }

    /// All launch plans that schedules have run, and those of which something is kept.
    public func scheduleSubjects() throws(ArchiveError) -> [ScheduleSubject] {
        try scheduleSubjects(
            """
            SELECT d.scope_id, d.name FROM definition d WHERE d.kind = 'launch_plan' AND EXISTS (
                SELECT 1 FROM execution e
                WHERE e.launch_plan_id = d.id AND e.scheduled_at IS NOT NULL AND e.mode = 'SCHEDULED'
            )
            UNION SELECT scope_id, launch_plan FROM schedule_series ORDER BY 1, 2
            """)
    }

    private func scheduleSubjects(_ sql: String) throws(ArchiveError) -> [ScheduleSubject] {
        try database.rows(sql).compactMap { row in
            row[0].integer.flatMap { scope in
                row[1].text.map { ScheduleSubject(scope: scope, launchPlan: KeyBytes($0)) }
            }
        }
    }

    /// The times that have an execution of a launch plan, in order; of several for a time that of the latest version.
    public func scheduledRuns(of subject: ScheduleSubject) throws(ArchiveError) -> [ScheduledRun] {
        var runs: [ScheduledRun] = []
        for row in try database.rows(
            """
            SELECT e.scheduled_at, d.schedule, d.pack_id IS NOT NULL FROM definition d
            JOIN execution e ON e.launch_plan_id = d.id
            WHERE d.scope_id = ? AND d.kind = 'launch_plan' AND d.name = ?
                AND e.scheduled_at IS NOT NULL AND e.mode = 'SCHEDULED'
            ORDER BY e.scheduled_at, d.created_at DESC, d.version DESC
            """, Self.cells(subject))
        {
            let run = ScheduledRun(
                at: Timestamp(nanoseconds: row[0].integer ?? 0), schedule: row[1].text,
                isVersionKnown: row[2] == .integer(1))
            if runs.last?.at != run.at { runs.append(run) }
        }
        return runs
    }

    /// The versions of a launch plan that the archive has, from the first to the last.
    public func scheduleVersions(of subject: ScheduleSubject) throws(ArchiveError) -> [ScheduleVersion] {
        try database.rows(
            """
            SELECT created_at, schedule FROM definition
            WHERE scope_id = ? AND kind = 'launch_plan' AND name = ? AND pack_id IS NOT NULL AND created_at IS NOT NULL
            ORDER BY created_at, version
            """, Self.cells(subject)
        ).map { ScheduleVersion(createdAt: Timestamp(nanoseconds: $0[0].integer ?? 0), schedule: $0[1].text) }
    }

    /// What is kept of a launch plan; nil for nothing.
    public func keptSchedule(of subject: ScheduleSubject) throws(ArchiveError) -> KeptSchedule? {
        func time(_ cell: Cell) -> Timestamp? { cell.integer.map(Timestamp.init(nanoseconds:)) }
        guard
            let row = try database.row(
                """
                SELECT schedule, time_zone, runs, unjudged, unjudged_reason, first_at, last_at, next_at
                FROM schedule_series WHERE scope_id = ? AND launch_plan = ?
                """, Self.cells(subject)), let first = time(row[5]), let last = time(row[6])
        else { return nil }
        var kept = KeptSchedule(schedule: row[0].text, runs: row[2].integer ?? 0, first: first, last: last)
        kept.timeZone = row[1].text
        kept.unjudged = row[3].integer ?? 0
        kept.doubt = row[4].text.flatMap(KeptSchedule.Doubt.init)
        kept.next = time(row[7])
        kept.gaps = try database.rows(
            """
            SELECT from_at, until_at, slots, schedule, before_at, after_at FROM schedule_gap
            WHERE scope_id = ? AND launch_plan = ? ORDER BY from_at
            """, Self.cells(subject)
        ).compactMap { row in
            guard let from = time(row[0]), let until = time(row[1]), let before = time(row[4]),
                let after = time(row[5])
            else { return nil }
            return KeptSchedule.Gap(
                from: from, until: until, slots: row[2].integer ?? 0, schedule: row[3].text ?? "",
                before: before,
                after: after)
        }
        return kept
    }

    /// Puts what was found of a launch plan in the place of what was kept of it, in one transaction.
    public func keep(_ found: KeptSchedule?, of subject: ScheduleSubject) throws {
        try writing {
            let place = Self.cells(subject)
            for table in ["schedule_series", "schedule_gap", "schedule_due"] {
                try database.run("DELETE FROM \(table) WHERE scope_id = ? AND launch_plan = ?", place)
            }
            guard let found else { return }
            func cell(_ time: Timestamp?) -> Cell { time.map { .integer($0.nanoseconds) } ?? .null }
            func cell(_ text: String?) -> Cell { text.map(Cell.text) ?? .null }
            try database.run(
                """
                INSERT INTO schedule_series (scope_id, launch_plan, schedule, time_zone, runs, unjudged, unjudged_reason,
                    first_at, last_at, next_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                place + [
                    cell(found.schedule), cell(found.timeZone), .integer(found.runs),
                    .integer(found.unjudged),
                    cell(found.doubt?.rawValue), cell(found.first), cell(found.last), cell(found.next),
                ])
            for gap in found.gaps {
                try database.run(
                    """
                    INSERT INTO schedule_gap (scope_id, launch_plan, from_at, until_at, slots, schedule, before_at, after_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    place + [
                        cell(gap.from), cell(gap.until), .integer(gap.slots), .text(gap.schedule),
                        cell(gap.before),
                        cell(gap.after),
                    ])
            }
        }
    }

    /// Forgets all that was found, as it may tell of what is forgotten. It is found again before long.
    func forgetSchedules() throws(ArchiveError) {
        try database.execute(
            """
            DELETE FROM schedule_series; DELETE FROM schedule_gap; DELETE FROM schedule_due;
            INSERT INTO schedule_due (scope_id, launch_plan)
            SELECT DISTINCT d.scope_id, d.name FROM execution e JOIN definition d ON d.id = e.launch_plan_id
            WHERE e.scheduled_at IS NOT NULL
            """)
    }

    private static func cells(_ subject: ScheduleSubject) -> [Cell] {
        [.integer(subject.scope), .text(subject.launchPlan.text)]
    }
}
