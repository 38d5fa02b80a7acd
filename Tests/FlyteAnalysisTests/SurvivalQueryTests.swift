import Testing

/// `duration-survival`; `make check-survival` compares it with lifelines on 1,000 random tables.
@Suite struct SurvivalQueryTests {
    private static let columns =
        "source|project|domain|workflow|runs|succeeded|cut_off|open|unknown|p25_s|p50_s|p50_low_s|p50_high_s|p75_s|longest_s\n"

    private func rows(_ workflow: String, _ seconds: [Int], cut: Set<Int> = []) -> String {
        "INSERT INTO v_execution (name, workflow, phase, duration_s) VALUES\n"
            + seconds.enumerated().map {
                "('\(workflow)\($0)', '\(workflow)', '\(cut.contains($0) ? "FAILED" : "SUCCEEDED")', \($1).0)"
            }.joined(separator: ",\n") + ";"
    }

    // Freireich et al. (1963), weeks of remission under 6-MP and without it: of lifelines 0.30, and as R's survfit with
    // conf.type = "log-log" has it: medians 23 (13 to unknown) and 8 (4 to 11).
    @Test func remissionOfLeukaemiaIsAsPublished() throws {
        let treated = rows(
            "6-MP", [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
            cut: [3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20])
        let control = rows(
            "control", [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])
        #expect(
            try TestQuery.answer("duration-survival", over: treated + control) == Self.columns + """
                lab|p|d|6-MP|21|9|12|0|0|13.0|23.0|13.0|NULL|NULL|35.0
                lab|p|d|control|21|21|0|0|0|4.0|8.0|4.0|11.0|12.0|23.0

                """)
    }

    // Half of them fail at once: those that succeed take as long as ever.
    @Test func failingFastIsNotFaster() throws {
        let steady = (1...20).map { 100 + $0 }
        #expect(
            try TestQuery.answer(
                "duration-survival",
                over: rows("w", Array(repeating: 1, count: 20) + steady, cut: Set(0..<20)) + rows("v", steady)
            )
                == Self.columns + """
                    lab|p|d|w|40|20|20|0|0|105.0|110.0|105.0|115.0|115.0|120.0
                    lab|p|d|v|20|20|0|0|0|105.0|110.0|105.0|115.0|115.0|120.0

                    """)
    }

    // Ten minutes, when it was looked at last: the harvest that failed saw nothing.
    @Test func openOnesCountUpToWhenTheyWereSeen() throws {
        #expect(
            try TestQuery.answer(
                "duration-survival",
                over: #"""
                    INSERT INTO v_harvest (started_at, outcome) VALUES ('2026-01-01T00:10:00.000000Z', 'problems'), ('2026-01-02T00:00:00.000000Z', 'failed');
                    INSERT INTO v_execution (name, workflow, phase, started_at, ended_at, duration_s, mode, is_child) VALUES
                        ('a', 'w', 'SUCCEEDED', NULL, '2026-01-01', 30.0, 'MANUAL', 0), ('b', 'w', 'RUNNING', '2026-01-01T00:00:00.000000Z', NULL, NULL, 'MANUAL', 0),
                        ('c', 'w', 'RUNNING', '2026-01-01T00:20:00.000000Z', NULL, NULL, 'MANUAL', 0), ('d', 'w', 'QUEUED', NULL, NULL, NULL, 'MANUAL', 0),
                        ('e', 'w', 'ABORTED', NULL, '2026-01-01', NULL, 'MANUAL', 0), ('f', 'w', 'SUCCEEDED', NULL, '2026-01-01', 5.0, 'RECOVERED', 0),
                        ('g', 'w', 'SUCCEEDED', NULL, '2026-01-01', 5.0, 'MANUAL', 1), ('h', 'v', 'FAILED', NULL, '2026-01-01', 5.0, 'MANUAL', 0);
                    """#)
                == Self.columns + """
                    lab|p|d|w|3|1|1|1|1|30.0|30.0|30.0|NULL|NULL|600.0
                    lab|p|d|v|1|0|1|0|0|NULL|NULL|NULL|NULL|NULL|5.0

                    """)
    }

    // Nothing is left after it, and so no interval: how long others take nobody knows.
    @Test func oneRunHasNoUpperEnd() throws {
        #expect(
            try TestQuery.answer("duration-survival", over: rows("w", [7])) == Self.columns + """
                lab|p|d|w|1|1|0|0|0|7.0|7.0|7.0|NULL|7.0|7.0

                """)
    }
}
