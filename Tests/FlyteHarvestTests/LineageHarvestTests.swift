import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// Runs of four launch plans that pass data on, harvested: each edge is found, and none is made up.
@Suite struct LineageHarvestTests {
    private static let harvested = Task {
        var options = SampleInstallation.Options(end: SampleHarvest.end)
        (options.days, options.dataRuns, options.seed) = (1, 200, 5)
        let sample = SampleInstallation(options)
        let server = try AdminServer(sample.installation)
        defer { server.stop() }
        let path = TemporaryFolder.shared + "/lineage.db"
        _ = try await SampleHarvest.run(server, into: path)
        return (path: path, truth: sample.truth)
    }

    private static func execution(_ row: [String?], from index: Int) -> ExecutionID {
        ExecutionID(project: row[index] ?? "", domain: row[index + 1] ?? "", name: row[index + 2] ?? "")
    }

    private static func edges(_ archive: Archive) throws -> (up: Set<String>, down: Set<String>) {
        var (up, down): (Set<String>, Set<String>) = ([], [])
        for row in try archive.query("SELECT source, project, domain, name FROM v_execution").rows {
            let id = execution(row.map(\.text), from: 1)
            let own = try #require(try archive.lineageExecution(id, source: row[0].text ?? ""))
            for link in try archive.writers(ofReadsBy: own.row) {
                if let writer = link.execution { up.insert("\(id)|\(link.address)|\(writer.id)") }
            }
            for link in try archive.readers(ofWritesBy: own.row) {
                if let reader = link.execution { down.insert("\(reader.id)|\(link.address)|\(id)") }
            }
        }
        return (up, down)
    }

    @Test func eachEdgeIsFoundAndNoneIsMadeUp() async throws {
        let (path, truth) = try await Self.harvested.value
        let expected = Set(
            truth.lineage.map { row in
                let reader = Self.execution(row.values, from: 0)
                let writer = Self.execution(row.values, from: 4)
                return "\(reader)|\(StoreAddress.canonical(row.values[3] ?? ""))|\(writer)"
            })
        #expect(expected.count > 150)
        let archive = try Archive(path: path, mode: .readOnly)
        let (up, down) = try Self.edges(archive)
        #expect(up.subtracting(expected).isEmpty && expected.subtracting(up).isEmpty)
        #expect(up == down)
    }

    @Test func aPlainWalkInPythonFindsTheSame() async throws {
        let (path, _) = try await Self.harvested.value
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "lineage/edges.py").path, path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let plain = Set(text.split(separator: "\n").map(String.init))
        #expect(plain.count > 150)
        #expect(try Self.edges(Archive(path: path, mode: .readOnly)).up == plain)
    }

    @Test func theQuestionNamesTheSameWriters() async throws {
        let (path, _) = try await Self.harvested.value
        let archive = try Archive(path: path, mode: .readOnly)
        let query = try #require(NamedQuery.named("data-read"))
        let rows = try query.run(on: archive, ["limit": .integer(-1)]).rows
        let told = Set(
            rows.compactMap { row in
                row[8].text.flatMap { writer in
                    let reader = "\(row[1].text ?? "")/\(row[2].text ?? "")/\(row[3].text ?? "")"
                    return writer == reader ? nil : "\(reader)|\(row[5].text ?? "")|\(writer)"
                }
            })
        #expect(try Self.edges(archive).up == told)
    }

    @Test func aWalkGoesFromTheLastPageToTheFirstOrders() async throws {
        let (path, truth) = try await Self.harvested.value
        let archive = try Archive(path: path, mode: .readOnly)
        let source = try #require(try archive.sources().first).name
        let last = try #require(truth.lineage.last { $0.values[3] != "s3://lake/orders/latest.csv" })
        let start = try #require(
            try archive.lineageExecution(Self.execution(last.values, from: 0), source: source))
        // All that leads to it, by the generator's account.
        var (reached, open): (Set<String>, [String]) = ([], [start.id.description])
        while let next = open.popLast() {
            for row in truth.lineage where Self.execution(row.values, from: 0).description == next {
                let writer = Self.execution(row.values, from: 4).description
                if reached.insert(writer).inserted { open.append(writer) }
            }
        }
        let walk = try LineageWalk(from: .execution(start), [.up], depth: 100, in: archive)
        #expect(Set(walk.steps.compactMap { $0.execution?.id.description }) == reached)
        #expect(
            !walk.isCut
                && walk.steps.allSatisfy { $0.stop == nil || $0.stop == .followed || $0.stop == .outside })
        let short = try LineageWalk(from: .execution(start), [.up], depth: 1, in: archive)
        #expect(short.isCut && short.steps.allSatisfy { $0.depth == 1 })
        let small = try LineageWalk(from: .execution(start), [.up], depth: 100, in: archive, sizeLimit: 2)
        #expect(small.isCut && small.steps.contains { $0.stop == .size })
    }

    @Test func rowsAreMadeAgainFromTheMessages() async throws {
        let (path, _) = try await Self.harvested.value
        try TemporaryFolder.with { folder in
            let copy = folder + "/copy.db"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try SQLiteFile.run(
                copy, "DELETE FROM lineage WHERE number = 1; UPDATE lineage SET level = 1 WHERE number = 2;")
            let archive = try Archive(path: copy, mode: .readWrite)
            var findings: [Finding] = []
            _ = try archive.verify(.everything) { findings.append($0) }
            #expect(findings.contains { $0.place.contains("lineage") })
            #expect(try archive.rebuild().changed > 100)
            findings = []
            _ = try archive.verify(.everything) { findings.append($0) }
            #expect(findings.isEmpty, "\(findings.prefix(3))")
        }
    }
}
