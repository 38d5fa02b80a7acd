import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables
import TestSupport
import Testing

/// Which times of schedules are told to have no execution, and of which nothing is said.
struct ScheduleKeeperTests {
    /// Versions of the launch plan `lp`, and executions of them.
    private struct Plan {
        /// Its version, its schedule, and the day on which it was registered; of a nil schedule the message is not there.
        var versions: [(version: String, schedule: String?, created: String)] = [
            ("v1", "0 */8 * * *", "2025-12-01")
        ]
        /// A version and the time that was meant.
        var runs: [(version: String, at: String)] = []
        var mode = "SCHEDULED"
        var more = ""

        func fill(_ path: String) throws {
            do { _ = try Archive(path: path, mode: .readWrite) }
            var sql = """
                INSERT INTO source VALUES (1, 'lab', 'https://lab', NULL);
                INSERT INTO scope VALUES (1, 1, 'p', 'd');
                INSERT INTO pack VALUES (1, NULL, 0, x'');

                """
            for (number, version) in versions.enumerated() {
                let schedule = version.schedule.map { "'\($0)'" } ?? "NULL"
                sql += """
                    INSERT INTO definition (id, scope_id, kind, name, version) VALUES (\(number + 1), 1, 'launch_plan', 'lp', '\(version.version)');
                    UPDATE definition SET pack_id = \(version.schedule == nil ? "NULL" : "1"), schedule = \(schedule),
                        created_at = unixepoch('\(version.created)') * 1000000000 WHERE id = \(number + 1);

                    """
            }
            for (number, run) in runs.enumerated() {
                sql += """
                    INSERT INTO execution (id, key, scope_id, name, launch_plan_id, phase, mode, nesting, created_at, scheduled_at,
                        is_archived, node_count, attempt_count, retry_count, is_complete, observed_at, digest)
                    SELECT \(number + 1), \(number + 1), 1, 'e\(number)', id, 'SUCCEEDED', '\(mode)', 0, unixepoch('\(run.at)') * 1000000000,
                        unixepoch('\(run.at)') * 1000000000, 0, 1, 1, 0, 1, 1, x'' FROM definition WHERE version = '\(run.version)';

                    """
            }
            try SQLiteFile.run(path, sql + more)
        }

        /// `first last slots` of each gap, then what is said of the plan.
        func answer() throws -> [String] {
            try TemporaryFolder.with { folder in
                let path = folder + "/a.db"
                try fill(path)
                let archive = try Archive(path: path, mode: .readWrite)
                try ScheduleKeeper(archive).update()
                #expect(try archive.schedulesDue().isEmpty)
                #expect(try ScheduleKeeper(archive).findings().isEmpty)
                #expect(try ScheduleKeeper(archive).rebuild() == 0)
                let gaps = try archive.query(
                    "SELECT substr(first_at, 1, 16), substr(last_at, 1, 16), slots FROM v_missed_slot ORDER BY 1"
                ).rows.map { "\($0[0].text ?? "") \($0[1].text ?? "") \($0[2].integer ?? 0)" }
                let plan = try archive.query(
                    "SELECT runs, missed, unjudged, coalesce(unjudged_reason, ''), coalesce(substr(next_scheduled_at, 1, 16), '') FROM v_schedule"
                ).rows.map { row in
                    "\(row[0].integer ?? 0) \(row[1].integer ?? 0) \(row[2].integer ?? 0) \(row[3].text ?? "") \(row[4].text ?? "")"
                }
                return gaps + plan
            }
        }
    }

    private static func runs(_ version: String = "v1", _ times: String...) -> [(version: String, at: String)]
    {
        times.map { (version, "2026-01-\($0)") }
    }

    @Test func whatLiesBetweenTwoThatRanIsMissed() throws {
        var plan = Plan()
        plan.runs = Self.runs("v1", "01 00:00", "01 08:00", "02 00:00", "02 08:00")
        #expect(try plan.answer() == ["2026-01-01T16:00 2026-01-01T16:00 1", "4 1 0  2026-01-02T16:00"])
        plan.runs = Self.runs("v1", "01 00:00", "01 08:00", "01 16:00", "02 00:00")
        #expect(try plan.answer() == ["4 0 0  2026-01-02T08:00"])
        plan.runs = Self.runs("v1", "01 00:00")
        #expect(try plan.answer() == ["1 0 0  2026-01-01T08:00"])
        plan.runs = []
        #expect(try plan.answer() == [])
    }

    @Test func aPlanThatWasOffIsOneGap() throws {
        var plan = Plan()
        plan.runs = Self.runs("v1", "01 00:00", "01 08:00", "31 00:00")
        #expect(try plan.answer() == ["2026-01-01T16:00 2026-01-30T16:00 88", "3 88 0  2026-01-31T08:00"])
    }

    @Test func whoeverCatchesUpHasNotMissedAnything() throws {
        var plan = Plan()
        plan.runs = Self.runs("v1", "01 00:00", "02 00:00", "01 16:00", "01 08:00", "01 08:00")
        #expect(try plan.answer() == ["4 0 0  2026-01-02T08:00"])
    }

    @Test func aNewVersionWithTheSameScheduleGoesOn() throws {
        var plan = Plan()
        plan.versions.append(("v2", "0 */8 * * *", "2026-01-01 10:00"))
        plan.runs = Self.runs("v1", "01 00:00", "01 08:00") + Self.runs("v2", "02 00:00", "02 08:00")
        #expect(try plan.answer() == ["2026-01-01T16:00 2026-01-01T16:00 1", "4 1 0  2026-01-02T16:00"])
    }

    @Test func whereTheScheduleChangedNothingIsSaid() throws {
        var plan = Plan()
        plan.versions.append(("v2", "0 0 * * *", "2026-01-01 10:00"))
        plan.runs = Self.runs("v1", "01 00:00", "01 08:00") + Self.runs("v2", "03 00:00", "05 00:00")
        #expect(
            try plan.answer() == ["2026-01-04T00:00 2026-01-04T00:00 1", "4 1 1 changed 2026-01-06T00:00"])
        // Another one was there in between, and nobody saw it run.
        plan.runs = Self.runs("v1", "01 00:00", "01 08:00", "02 08:00", "02 16:00")
        #expect(try plan.answer() == ["4 0 1 changed 2026-01-03T00:00"])
    }

    @Test func aScheduleThatNobodyKnowsOrReadsIsNotJudged() throws {
        var plan = Plan()
        plan.runs = Self.runs("v1", "01 00:00", "02 00:00", "03 00:00")
        plan.versions = [("v1", nil, "2025-12-01")]
        #expect(try plan.answer() == ["3 0 2 not_archived "])
        plan.versions = [("v1", "whenever", "2025-12-01")]
        #expect(try plan.answer() == ["3 0 2 unreadable "])
        plan.versions = [("v1", "* * * * *", "2025-12-01")]
        plan.runs = [("v1", "2020-01-01"), ("v1", "2026-01-01")]
        #expect(try plan.answer() == ["2 0 1 too_long 2026-01-01T00:01"])
    }

    // A scheduler in Berlin: its nine o'clock is eight in UTC.
    @Test func runsAtOtherTimesThanTheScheduleMeansAreNotJudged() throws {
        var plan = Plan()
        plan.versions = [("v1", "0 9,10 * * *", "2025-12-01")]
        plan.runs = Self.runs("v1", "01 08:00", "01 09:00", "02 08:00", "02 09:00")
        #expect(try plan.answer() == ["4 0 3 off_schedule 2026-01-02T10:00"])
        plan.versions = [("v1", "CRON_TZ=Europe/Berlin 0 9,10 * * *", "2025-12-01")]
        plan.runs = Self.runs("v1", "01 08:00", "02 08:00", "02 09:00")
        #expect(try plan.answer() == ["2026-01-01T09:00 2026-01-01T09:00 1", "3 1 0  2026-01-03T08:00"])
    }

    @Test func ratesGoOnFromTheRunBefore() throws {
        var plan = Plan()
        plan.versions = [("v1", "every 6 HOUR", "2025-12-01")]
        plan.runs = Self.runs("v1", "01 00:20", "01 06:20", "02 00:20")
        #expect(
            try plan.answer() == ["2026-01-01T12:20 2026-01-01T18:20 2", "3 2 0  2026-01-02T06:20"])
        // It was switched off and on.
        plan.runs = Self.runs("v1", "01 00:20", "01 06:20", "02 03:00", "02 09:00")
        #expect(try plan.answer() == ["4 0 1 off_schedule 2026-01-02T15:00"])
    }

    @Test func whatPeopleLaunchMeetsNoSchedule() throws {
        var plan = Plan()
        plan.runs = Self.runs("v1", "01 00:00", "02 00:00")
        plan.mode = "RELAUNCH"
        #expect(try plan.answer() == [])
    }

    @Test func gapsThatMayHaveExecutionsElsewhereSaySo() throws {
        func doubt(_ more: String) throws -> [String?] {
            try TemporaryFolder.with { folder in
                var plan = Plan()
                plan.runs = Self.runs("v1", "01 00:00", "02 00:00")
                plan.more = more
                try plan.fill(folder + "/a.db")
                let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
                try ScheduleKeeper(archive).update()
                return try archive.query("SELECT doubt FROM v_missed_slot").rows.map { $0[0].text }
            }
        }
        func harvested(_ day: Int) -> String {
            "INSERT INTO watermark (scope_id, updated_at) VALUES (1, unixepoch('2026-01-0\(day)') * 1000000000);"
        }
        func forgotten(_ kind: String, _ day: Int) -> String {
            "INSERT INTO tombstone (source_id, kind, digest, executions, forgotten_at) VALUES (1, '\(kind)', x'00', 1, unixepoch('2026-01-0\(day)') * 1000000000);"
        }
        func problem(_ domain: String, _ resolved: String) -> String {
            "INSERT INTO problem (source_id, project, domain, route, message, tries, first_seen_at, last_seen_at, resolved_at) VALUES (1, 'p', \(domain), 'r', 'm', 1, 1, 1, \(resolved));"
        }
        #expect(try doubt("") == ["not_harvested"])
        #expect(
            try doubt("INSERT INTO watermark (scope_id, resume) VALUES (1, '1 2 3');") == ["not_harvested"])
        #expect(try doubt(harvested(2)) == ["not_harvested"])
        #expect(try doubt(harvested(3)) == [nil])
        #expect(try doubt(harvested(3) + problem("'d'", "NULL")) == ["problems"])
        #expect(try doubt(harvested(3) + problem("NULL", "NULL")) == ["problems"])
        #expect(try doubt(harvested(3) + problem("'e'", "NULL") + problem("'d'", "2")) == [nil])
        #expect(try doubt(harvested(3) + forgotten("execution", 4)) == ["forgotten"])
        #expect(try doubt(harvested(3) + forgotten("execution", 1) + forgotten("value", 4)) == [nil])
    }

    @Test func whatIsNotAsItWasFoundIsToldAndMadeAgain() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            var plan = Plan()
            plan.runs = Self.runs("v1", "01 00:00", "02 00:00")
            try plan.fill(path)
            do { try ScheduleKeeper(try Archive(path: path, mode: .readWrite)).update() }
            try SQLiteFile.run(path, "UPDATE schedule_gap SET slots = 7;")
            let archive = try Archive(path: path, mode: .readWrite)
            #expect(
                try ScheduleKeeper(archive).findings().map { "\($0.place): \($0.finding)" }
                    == ["schedule lp: differs from the executions"])
            #expect(try ScheduleKeeper(archive).rebuild() == 1)
            #expect(try ScheduleKeeper(archive).findings().isEmpty)
        }
    }

    @Test func aRunAndAVersionMakeTheirPlanDue() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            var plan = Plan()
            plan.runs = Self.runs("v1", "01 00:00", "02 00:00")
            try plan.fill(path)
            func due() throws -> [String] {
                let archive = try Archive(path: path, mode: .readWrite)
                let due = try archive.schedulesDue().map(\.launchPlan.text)
                try ScheduleKeeper(archive).update()
                return due
            }
            #expect(try due() == ["lp"])
            #expect(try due() == [])
            try SQLiteFile.run(path, "UPDATE execution SET phase = 'FAILED', observed_at = 2;")
            #expect(try due() == [])
            for change in [
                "UPDATE execution SET scheduled_at = scheduled_at + 1 WHERE id = 1;",
                "DELETE FROM execution WHERE id = 1;",
                "UPDATE definition SET schedule = '@daily';", "UPDATE definition SET pack_id = NULL;",
                "DELETE FROM execution;",
            ] {
                try SQLiteFile.run(path, change)
                #expect(try due() == ["lp"], "\(change)")
            }
            let archive = try Archive(path: path, mode: .readOnly)
            #expect(try archive.query("SELECT * FROM schedule_series").rows.isEmpty)
            #expect(try archive.scheduleSubjects().isEmpty)
        }
    }
}
