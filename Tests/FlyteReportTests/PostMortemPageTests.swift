import FlyteAnalysis
import FlyteArchive
import FlyteModel
import TestSupport
import Testing

@testable import FlyteReport

/// The post-mortem of one execution of a small archive that never changes.
@Suite struct PostMortemPageTests {
    private func report(_ name: String, project: String, domain: String) throws -> Report {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 7, to: path)
            let execution = ArchivedExecution(
                source: "sample", id: ExecutionID(project: project, domain: domain, name: name))
            return try PostMortemReport.maker.report(
                on: try Archive(path: path, mode: .readOnly), ExecutionReportScope([execution]))
        }
    }

    @Test(arguments: [ReportFormat.md, .html, .json, .csv]) func thePageIsAsItWas(format: ReportFormat) throws
    {
        let page = try report("a1xzw21ci2zls040s6zi", project: "vision", domain: "production").text(
            as: format)
        #expect(try Snapshot.difference(of: page, from: "postmortem.\(format.rawValue)") == nil)
    }
}
