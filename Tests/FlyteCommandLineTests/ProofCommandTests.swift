import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteArchive
@testable import FlyteCommandLine

/// `verify`, `rebuild` and `prune-plan` as users run them.
struct ProofCommandTests {
    @Test func aCleanArchiveVerifiesWithOneSentence() throws {
        let result = try Tool.run("verify", SharedArchive.path)
        #expect(result.code == 0 && result.out == "")
        #expect(result.err.hasPrefix("Verified ") && result.err.hasSuffix("nothing is wrong.\n"))
        #expect(try Tool.run("verify", SharedArchive.path, "--quick", "--spans").code == 64)
    }

    @Test func findingsAreRowsAndARebuildMendsThem() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: path)
            try SQLiteFile.run(path, "UPDATE node SET phase = 'X' WHERE execution_id = 5 AND number = 1")
            let found = try Tool.run("verify", path, "--format", "csv")
            #expect(found.code == 3)
            #expect(found.out.hasPrefix("place,finding,detail"))
            #expect(found.out.contains("node 1\",differs from the messages,phase"))
            let rebuilt = try Tool.run("rebuild", path)
            #expect(rebuilt.code == 0 && rebuilt.err.hasPrefix("1 of "))
            #expect(try Tool.run("rebuild", path).err.contains("nothing was written"))
        }
    }

    @Test func aPlanRefusesWhatIsNotProvenAndItsSQLDeletesNothing() throws {
        let plan = try Tool.run("prune-plan", SharedArchive.path, "--format", "csv")
        #expect(plan.code == 3)
        let rows = plan.out.split(separator: "\n").dropFirst()
        #expect(rows.contains { $0.contains("it had not ended when it was read") })
        #expect(rows.contains { $0.contains(",1,,") })
        let sql = try Tool.run("prune-plan", SharedArchive.path, "--format", "sql").out
        let proven = rows.filter { $0.contains(",1,,") }.count
        #expect(sql.components(separatedBy: "INSERT INTO proven").count - 1 == proven)
        #expect(sql.hasSuffix("ROLLBACK; -- COMMIT; once you are sure\n"))
        #expect(sql.contains("DELETE FROM executions d USING proven p"))
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: path)
            try SQLiteFile.run(path, "UPDATE text SET value = 'x' WHERE id = 1")
            let damaged = try Tool.run("prune-plan", path, "--format", "sql")
            #expect(damaged.err.contains("proves nothing"))
            #expect(!damaged.out.contains("INSERT INTO proven VALUES"))
        }
    }

    /// A name is a value to the database, whatever stands in it.
    @Test func namesInTheSQLStayNames() throws {
        let names = ["o'brien", "'); DROP TABLE proven; --", #"\'x"#, "ü \"q\"", "''", "-- :n"]
        var plan = PrunePlan()
        for (index, name) in names.enumerated() {
            plan.items.append(
                PrunePlan.Item(
                    source: "s", id: ExecutionID(project: name, domain: "d'", name: name), phase: "SUCCEEDED",
                    digest: [171, 1], nodes: index, attempts: 2))
        }
        plan.items.append(
            PrunePlan.Item(
                source: "s", id: ExecutionID(project: "p", domain: "d", name: "refused"), phase: "",
                reasons: ["no"]))
        plan.items.append(
            PrunePlan.Item(
                source: "other", id: ExecutionID(project: "p", domain: "d", name: "elsewhere"), phase: ""))
        let buffer = ByteBuffer()
        try PruneText.write(plan, source: "s", to: buffer)
        let sql = buffer.text
        #expect(!sql.contains("refused") && !sql.contains("elsewhere"))
        // Up to the first question, it is the SQL of every database.
        let filled = try #require(sql.components(separatedBy: "-- Names that Flyte").first)
            .replacingOccurrences(of: " ON COMMIT DROP", with: "")
            .replacing(/convert_from\(decode\('([0-9a-f]*)', 'hex'\), 'UTF8'\)/) {
                "CAST(X'\($0.1)' AS TEXT)"
            }
        let said = try StockShell.answer(
            filled + "SELECT * FROM proven ORDER BY node_executions;", "-ascii")
        let rows = said.split(separator: "\u{1E}").map { $0.split(separator: "\u{1F}").map(String.init) }
        #expect(
            rows == names.enumerated().map { [$1, "d'", $1, "\($0)", "2", "ab01"] }, "\(said)")
    }
}
