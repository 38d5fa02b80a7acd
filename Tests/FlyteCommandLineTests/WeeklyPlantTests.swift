import Testing

/// The weekly report finds what was planted in the sample installation, in its week and in no other.
@Suite struct WeeklyPlantTests {
    /// The lines that a reader in a hurry gets.
    private func lead(_ arguments: String...) throws -> [String] {
        let result = try Tool.run(["report", "weekly", SharedArchive.path, "--format", "md"] + arguments)
        #expect(result.code == 0, "\(result.err)")
        return result.out.split(separator: "\n").prefix { !$0.hasPrefix("## ") }.filter { $0.hasPrefix("- ") }
            .map(String.init)
    }

    @Test func theWeekOfTheChangeTellsWhatGotSlowerAndWhatIsNew() throws {
        let lines = try lead("--from", "2026-02-23")
        #expect(lines.contains { $0.hasPrefix("- ✘ etl.load (sales/production) got slower: 1 min") })
        #expect(lines.count { $0.contains(" got slower") } == 1)
        let new = lines.filter { $0.hasPrefix("- ✘ New failure in ") }
        #expect(
            new.count == 1
                && new.allSatisfy { $0.contains("jobs.clean: SchemaError: column 'amount' is missing") })
    }

    @Test(arguments: ["2026-01-26", "2026-02-02", "2026-02-16"]) func otherWeeksDoNot(from: String) throws {
        let lines = try lead("--from", from)
        #expect(!lines.contains { $0.contains(" got slower") || $0.contains("SchemaError") }, "\(lines)")
    }

    @Test func theFlakyTaskIsNamed() throws {
        let lines = try lead("--from", "2025-12-29", "--to", "2026-03-02")
        #expect(
            lines.contains {
                $0.hasPrefix("- train.fit (vision/production) is flaky: it succeeded only after a retry in ")
            },
            "\(lines)")
        #expect(!(try lead("--from", "2026-02-16")).contains { $0.contains("flaky") })
    }

    @Test func aProjectsReportIsOfThatProjectAlone() throws {
        let report = try Tool.run(
            "report", "weekly", SharedArchive.path, "--from", "2026-02-23", "--project", "vision", "--format",
            "md")
        #expect(report.out.contains("project vision") && report.out.contains("train.model"))
        #expect(!report.out.contains("etl.load"))
    }
}
