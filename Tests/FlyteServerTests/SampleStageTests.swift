import FlyteAdmin
import FlyteModel
import Testing

@testable import FlyteServer

/// The sample installation whose time is moved by hand.
struct SampleStageTests {
    private let noon = Timestamp(nanoseconds: 1_772_625_600_000_000_000)

    private func executions(_ installation: StoredInstallation) -> [ExecutionID: [UInt8]] {
        var all: [ExecutionID: [UInt8]] = [:]
        for project in ["sales", "vision"] {
            for domain in ["development", "production"] {
                for row in installation.executions(project: project, domain: domain) {
                    let id = ExecutionID(project: project, domain: domain, name: row.text("execution_name"))
                    all[id] = row.message
                }
            }
        }
        return all
    }

    @Test func whatHasEndedStaysAndWhatIsOpenGoesOn() throws {
        let stage = SampleStage(SampleInstallation.Options(end: noon))
        let before = executions(stage.installation)
        #expect(stage.advance(seconds: 5 * 3600))
        #expect(stage.now() == noon + 5 * 3_600_000_000_000)
        let after = executions(stage.installation)
        #expect(after.count > before.count)
        var changed = 0
        for (id, bytes) in before {
            let news = try #require(after[id], "\(id) is gone")
            guard news != bytes else { continue }
            changed += 1
            #expect(try !Execution(decoding: bytes).phase.isTerminal, "\(id) had ended")
        }
        #expect(changed > 0)
    }

    @Test func timeNeitherGoesBackNorCrossesMidnight() {
        let stage = SampleStage(SampleInstallation.Options(end: noon))
        #expect(!stage.advance(seconds: -1) && !stage.advance(seconds: 12 * 3600))
        #expect(stage.now() == noon)
        let refused = stage.answer(ServerRequest(method: "GET", path: "/control/advance", query: "seconds=1"))
        #expect(refused?.status == 400)
        #expect(stage.answer(ServerRequest(path: "/api/v1/projects")) == nil)
        let moved = stage.answer(ServerRequest(method: "POST", path: "/control/advance", query: "seconds=1"))
        #expect(moved?.status == 200 && stage.now() == noon + 1_000_000_000)
    }
}
