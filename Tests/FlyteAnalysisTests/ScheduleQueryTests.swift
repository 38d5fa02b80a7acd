import Testing

/// How schedules were met: `missed-slots`, `schedules`.
@Suite struct ScheduleQueryTests {
    @Test func gapsThatReachIntoTheWindowAreTold() throws {
        let rows = #"""
            INSERT INTO v_missed_slot (launch_plan, schedule, first_at, last_at, slots, met_before_at, met_after_at, doubt) VALUES
                ('a', '@daily', '2026-01-03', '2026-01-03', 1, '2026-01-02', '2026-01-04', NULL),
                ('a', '@daily', '2026-01-06', '2026-01-20', 15, '2026-01-05', '2026-01-21', 'problems'),
                ('b', '@daily', '2026-01-25', '2026-01-25', 1, '2026-01-24', '2026-01-26', NULL);
            """#
        #expect(
            try TestQuery.answer("missed-slots", ["since": "2026-01-10", "until": "2026-01-25"], over: rows)
                == #"""
                source|project|domain|launch_plan|schedule|slots|first_at|last_at|met_before_at|met_after_at|doubt
                lab|p|d|a|@daily|15|2026-01-06|2026-01-20|2026-01-05|2026-01-21|problems

                """#)
        #expect(
            try TestQuery.answer("missed-slots", ["limit": "2"], over: rows) == #"""
                source|project|domain|launch_plan|schedule|slots|first_at|last_at|met_before_at|met_after_at|doubt
                lab|p|d|b|@daily|1|2026-01-25|2026-01-25|2026-01-24|2026-01-26|NULL
                lab|p|d|a|@daily|15|2026-01-06|2026-01-20|2026-01-05|2026-01-21|problems

                """#)
        #expect(try TestQuery.answer("missed-slots", ["launch_plan": "c"], over: rows) == "")
    }

    // A harvest at the very second of a schedule comes before its execution.
    @Test func aScheduleIsOverdueAQuarterOfAnHourAfterItsTime() throws {
        #expect(
            try TestQuery.answer(
                "schedules",
                over: #"""
                    INSERT INTO v_schedule (launch_plan, schedule, time_zone, runs, missed, unjudged, unjudged_reason, next_scheduled_at, complete_up_to) VALUES
                        ('on time', '@daily', 'UTC', 3, 1, 0, NULL, '2026-01-05T00:00:00.000000Z', '2026-01-05T00:14:59.000000Z'),
                        ('late', '@daily', 'UTC', 4, 0, 0, NULL, '2026-01-05T00:00:00.000000Z', '2026-01-05T00:15:01.000000Z'),
                        ('later', '@daily', 'UTC', 4, 0, 0, NULL, '2026-01-04T00:00:00.000000Z', '2026-01-05T00:15:01.000000Z'),
                        ('unread', 'x', NULL, 2, 0, 1, 'unreadable', NULL, '2026-01-05T00:15:01.000000Z'),
                        ('unseen', '@daily', 'UTC', 1, 0, 0, NULL, '2026-01-04T00:00:00.000000Z', NULL);
                    """#)
                    == #"""
                    source|project|domain|launch_plan|schedule|time_zone|runs|missed|missed_share|unjudged|unjudged_reason|first_scheduled_at|last_scheduled_at|overdue_at|complete_up_to
                    lab|p|d|later|@daily|UTC|4|0|0.0|0|NULL|NULL|NULL|2026-01-04T00:00:00.000000Z|2026-01-05T00:15:01.000000Z
                    lab|p|d|late|@daily|UTC|4|0|0.0|0|NULL|NULL|NULL|2026-01-05T00:00:00.000000Z|2026-01-05T00:15:01.000000Z
                    lab|p|d|on time|@daily|UTC|3|1|0.25|0|NULL|NULL|NULL|NULL|2026-01-05T00:14:59.000000Z
                    lab|p|d|unread|x|NULL|2|0|0.0|1|unreadable|NULL|NULL|NULL|2026-01-05T00:15:01.000000Z
                    lab|p|d|unseen|@daily|UTC|1|0|0.0|0|NULL|NULL|NULL|NULL|NULL

                    """#)
    }
}
