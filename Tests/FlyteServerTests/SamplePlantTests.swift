import FlyteModel
import FlyteServer
import Testing

/// What is planted in the sample installation is there, and where nothing is to be planted it is not.
struct SamplePlantTests {
    private func sample(_ plants: SampleInstallation.Plants) throws -> SampleInstallation {
        var options = SampleInstallation.Options(end: try #require(Timestamp("2026-06-17T00:00:00Z")))
        options.plants = plants
        return SampleInstallation(options)
    }

    /// Runs of the schedule, in order: when they were created.
    private func scheduled(_ sample: SampleInstallation) -> [String] {
        sample.truth.executions.filter { $0.values[4] == "SCHEDULED" && $0.values[6] == "etl.load" }
            .compactMap { $0.values[8] }.sorted()
    }

    @Test func timesOfTheScheduleAreMissedWhereThatIsPlanted() throws {
        let (usual, all) = (try sample(.usual), try sample(.all))
        #expect(usual.missedTimes.isEmpty && all.missedTimes.count == 10)
        #expect(scheduled(usual).count == 70 * 3 && scheduled(all).count == 70 * 3 - 10)
        let missed = Set(all.missedTimes.map { String($0.microsecondText.prefix(13)) })
        #expect(missed.contains("2026-04-29T16") && missed.contains("2026-05-09T00"))
        #expect(scheduled(all).allSatisfy { !missed.contains(String($0.prefix(13))) })
        #expect(scheduled(usual).count { missed.contains(String($0.prefix(13))) } == 10)
    }

    @Test func nothingChangesWhereNothingIsPlanted() throws {
        func failures(_ sample: SampleInstallation) -> Int {
            let monday = sample.brokenFrom.microsecondText
            return sample.truth.executions.count {
                $0.values[6] == "ingest.files" && $0.values[3] == "FAILED" && ($0.values[8] ?? "") >= monday
            }
        }
        func median(_ sample: SampleInstallation, _ isSlow: Bool) -> Double {
            let monday = sample.slowedFrom.microsecondText
            let seconds = sample.truth.executions.compactMap { row -> Double? in
                guard row.values[6] == "etl.load", row.values[3] == "SUCCEEDED", let created = row.values[8],
                    (created >= monday) == isSlow, let start = row.values[9].flatMap({ Timestamp($0) }),
                    let end = row.values[10].flatMap({ Timestamp($0) })
                else { return nil }
                return Double(end - start) / 1e9
            }.sorted()
            return seconds.isEmpty ? 0 : seconds[seconds.count / 2]
        }
        let (none, usual) = (try sample(.none), try sample(.usual))
        #expect(failures(usual) >= 4 && failures(none) <= 3)
        #expect(median(usual, true) > 1.3 * median(usual, false))
        #expect(abs(median(none, true) / median(none, false) - 1) < 0.2)
        #expect(none.missedTimes.isEmpty)
    }
}
