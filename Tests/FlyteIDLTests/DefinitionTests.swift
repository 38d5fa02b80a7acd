import EmbeddedFiles
import FlyteIDL
import Foundation
import Testing

struct DefinitionTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/CEmbeddedFiles/idl")

    @Test func embedsEachFileOfTheFolder() throws {
        let paths = try #require(FileManager.default.subpaths(atPath: Self.folder.path))
        let files = paths.filter { $0.hasSuffix(".proto") }.map { String($0.dropLast(6)) }
        #expect(EmbeddedFile.idl.map(\.name) == files.sorted())
        for file in EmbeddedFile.idl {
            let path = Self.folder.appendingPathComponent(file.name + ".proto")
            #expect(try file.text == String(contentsOf: path, encoding: .utf8))
        }
    }

    @Test func namesDropFlytesPrefixOnly() {
        #expect(IDL.message("admin.Execution").name == "admin.Execution")
        #expect(IDL.message("flyteidl.admin.Execution") === IDL.message("admin.Execution"))
        #expect(IDL.message("admin.Execution").fullName == "flyteidl.admin.Execution")
        #expect(IDL.message("google.protobuf.Timestamp").fullName == "google.protobuf.Timestamp")
        #expect(IDL.messageOrNil("admin.Nothing") == nil)
        #expect(IDL.enumeration("core.WorkflowExecution.Phase").name(of: 4) == "SUCCEEDED")
    }

    @Test func fieldsAreFoundByNumberAndByEitherName() throws {
        let type = IDL.message("core.ConnectionSet")
        #expect(type.field(number: 7)?.name == "downstream")
        #expect(type.field(number: 1) == nil)
        #expect(type.field(number: 1 << 28) == nil)
        let closure = IDL.message("admin.ExecutionClosure")
        #expect(closure.field(named: "created_at")?.number == 7)
        #expect(closure.field(named: "createdAt")?.number == 7)
        #expect(closure.field(named: "abort_metadata")?.oneof == "output_result")
    }

    @Test func typesAreLookedUpFromTheInside() {
        // `Phase` of core.NodeExecution, not of core.WorkflowExecution.
        guard
            case .enumeration(let phase) = IDL.message("admin.NodeExecutionClosure").field(named: "phase")?
                .kind
        else {
            Issue.record("phase is no enum")
            return
        }
        #expect(phase.name == "core.NodeExecution.Phase")
    }
}
