import FlyteAdmin
import FlyteArchive
@testable import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteServer
import Tables
import TestSupport
import Testing

/// First harvests, what comes after them, and audits.
struct HistoryTests {
    private static let count = 260

    private func names(_ path: String) throws -> Set<String> {
        Set(
            try Archive(path: path, mode: .readOnly).query("SELECT name FROM v_execution").rows.compactMap {
                $0[0].text
            })
    }

    private func windows(_ isNewestFirst: Bool) -> HarvestOptions {
        var options = HarvestOptions()
        options.jobs = 4
        options.windowSize = 20
        options.isNewestFirst = isNewestFirst
        return options
    }

    @Test(arguments: [false, true]) func aFirstHarvestGoesOnWhereItWasCutOff(isNewestFirst: Bool) async throws
    {
        try await TemporaryFolder.with { folder in
            let plain = try PlainInstallation(count: Self.count)
            defer { plain.server.stop() }
            let path = folder + "/a.db"
            let first = try await plain.harvest(
                into: path, windows(isNewestFirst), stoppingAfter: Self.count / 2)
            #expect(first.wasStopped)
            let stored = try names(path)
            #expect(stored.count >= Self.count / 2 && stored.count < Self.count)
            let resume = try Archive(path: path, mode: .readOnly).query(
                "SELECT updated_at, resume FROM watermark"
            ).rows
            #expect(resume.count == 1 && resume.first?[0] == .null && resume.first?[1].text != nil)

            // Meanwhile one that is in the archive changes, and one more is made.
            let changed = isNewestFirst ? Self.count - 1 : 0
            let now = HTTPServer.systemTime()
            PlainInstallation.add(changed, to: plain.installation, phase: "ABORTED", updated: now)
            PlainInstallation.add(Self.count, to: plain.installation, updated: now)

            let before = plain.server.log.count
            let second = try await plain.harvest(into: path, windows(isNewestFirst))
            #expect(!second.wasStopped && second.problems == 0)
            #expect(try names(path) == Set((0...Self.count).map { PlainInstallation.id($0).name }))
            let again = Set(plain.readNames(from: before)).intersection(stored)
            #expect(again == [PlainInstallation.id(changed).name])
            // The list is not read from its beginning.
            let lists = plain.server.log.dropFirst(before).filter { $0.request.path.hasSuffix("plain/live") }
            #expect(
                lists.allSatisfy { $0.request.query.contains("filters=") && $0.request.query.contains("_at") }
            )
            #expect(lists.count < Self.count / 20)

            let third = try await plain.harvest(into: path)
            #expect(third.wroteNothing)
            let undisturbed = folder + "/b.db"
            _ = try await plain.harvest(into: undisturbed)
            #expect(try SampleHarvest.dump(path) == SampleHarvest.dump(undisturbed))
        }
    }

    @Test func theNewestComeFirstWhenAsked() async throws {
        try await TemporaryFolder.with { folder in
            let plain = try PlainInstallation(count: Self.count)
            defer { plain.server.stop() }
            _ = try await plain.harvest(into: folder + "/a.db", windows(true), stoppingAfter: 20)
            let numbers = try names(folder + "/a.db").compactMap { Int($0.dropFirst(1)) }
            #expect(numbers.min() ?? 0 > Self.count / 2)
        }
    }

    /// Seconds since 1970 at which one of many executions says that it was made.
    private static let oddTimes: [Int64] = [
        -62_135_596_800, 0, 631_152_000, 253_402_300_799, .min, .max, 1_700_000_000,
    ]

    @Test(arguments: oddTimes, [false, true]) func aTimeThatNobodyExpectedStopsNoFirstHarvest(
        seconds: Int64, isNewestFirst: Bool
    ) async throws {
        // First in the list, and last.
        for number in [0, 300] {
            try await TemporaryFolder.with { folder in
                let plain = try PlainInstallation(count: 150)
                defer { plain.server.stop() }
                PlainInstallation.add(number, to: plain.installation, createdAt: seconds)
                let harvest = try await plain.harvest(into: folder + "/a.db", windows(isNewestFirst))
                #expect((harvest.problems, harvest.new) == (0, number == 0 ? 150 : 151))
                #expect(try await plain.harvest(into: folder + "/a.db").wroteNothing)
            }
        }
    }

    /// A server's own answers, but for one execution's row, of which lists hold the first bytes alone.
    private struct SpoiltRow: Transport {
        let real = CurlTransport()
        let name: String

        func send(_ request: HTTPRequest, sink: BodySink?) async throws(TransportError) -> HTTPResponse {
            var response = try await real.send(request, sink: sink)
            guard request.url.contains("/executions/plain/live?") else { return response }
            do {
                var reader = WireReader(response.body)
                var body = WireWriter()
                while let tag = try reader.next() {
                    let field = try reader.byteArray()
                    let isSpoilt = String(decoding: field, as: UTF8.self).contains(name)
                    body.field(tag.number, isSpoilt ? field.prefix(8) : field[...])
                }
                response.body = body.bytes
            } catch {
                throw TransportError(kind: .malformed, host: "", detail: "\(error)")
            }
            return response
        }
    }

    /// At the beginning, amid the others, and at the end.
    @Test(arguments: [0, 77, 149]) func aRowThatCannotBeReadStopsNoFirstHarvest(number: Int) async throws {
        try await TemporaryFolder.with { folder in
            let plain = try PlainInstallation(count: 150)
            defer { plain.server.stop() }
            let client = AdminClient(
                base: plain.server.address, transport: SpoiltRow(name: PlainInstallation.id(number).name))
            let options = windows(false)
            let summary = try await Harvester(
                HarvestPlan(options, client: client), client: client,
                archive: try Archive(path: folder + "/a.db", mode: .readWrite), source: "sample",
                toolVersion: "test", options: options, now: { SampleHarvest.later }
            ).run()
            #expect((summary.new, summary.problems) == (149, 1))
        }
    }

    /// The windows that a first harvest asks for, each of them without rows.
    private func windows(
        from oldest: Timestamp, to newest: Timestamp, step: Int64, isNewestFirst: Bool
    ) async throws -> [HistoryWindow] {
        let progress = HistoryProgress(
            FirstHarvest(began: newest, oldest: oldest, newest: newest, step: step), windowSize: 2000
        ) { _ in }
        var windows: [HistoryWindow] = []
        while let window = await progress.next(isNewestFirst: isNewestFirst), windows.count < 1000 {
            windows.append(window)
            try await window.close()
        }
        return windows
    }

    @Test(arguments: [false, true]) func windowsMeetAndEndWhateverTheTimes(isNewestFirst: Bool) async throws {
        let times: [Int64] = [.min, .min + 1, -1, 0, 1, 1_770_000_000_000_000_000, .max - 1, .max]
        for oldest in times {
            for newest in times {
                for step in [1, 1_000_000_000, Int64.max / 2, .max] {
                    let windows = try await windows(
                        from: Timestamp(nanoseconds: oldest), to: Timestamp(nanoseconds: newest), step: step,
                        isNewestFirst: isNewestFirst)
                    #expect(windows.count < 100, "\(oldest) \(newest) \(step)")
                    let inOrder = isNewestFirst ? windows.reversed() : windows
                    #expect(inOrder.first?.from == nil && inOrder.last?.to == nil)
                    #expect(zip(inOrder, inOrder.dropFirst()).allSatisfy { $0.to == $1.from && $0.to != nil })
                }
            }
        }
    }

    @Test func nothingNewCostsTheSameWhateverTheSize() async throws {
        var requests: [Int64] = []
        for count in [30, 230] {
            try await TemporaryFolder.with { folder in
                let plain = try PlainInstallation(count: count)
                defer { plain.server.stop() }
                _ = try await plain.harvest(into: folder + "/a.db")
                let again = try await plain.harvest(into: folder + "/a.db")
                #expect(again.wroteNothing)
                requests.append(again.requests)
            }
        }
        // Projects, domains, and one list.
        #expect(requests == [3, 3])
    }

    @Test func anAuditMarksWhatVanishedAndReadsWhatIsMissing() async throws {
        try await TemporaryFolder.with { folder in
            let plain = try PlainInstallation(count: 120)
            defer { plain.server.stop() }
            let path = folder + "/a.db"
            _ = try await plain.harvest(into: path)
            let gone = [3, 77].map(PlainInstallation.id)
            for id in gone { plain.installation.remove(execution: id) }
            // Written long ago by the server's clock: no incremental list names it.
            PlainInstallation.add(500, to: plain.installation, updated: PlainInstallation.start)
            var options = HarvestOptions()
            #expect(try await plain.harvest(into: path, options).wroteNothing)
            options.isAudit = true
            let before = plain.server.log.count
            let audit = try await plain.harvest(into: path, options)
            #expect((audit.vanished, audit.new, audit.problems) == (2, 1, 0))
            #expect(plain.readNames(from: before).count == 3)
            func marked() throws -> [String] {
                try Archive(path: path, mode: .readOnly).query(
                    "SELECT execution FROM v_vanished ORDER BY 1"
                ).rows.compactMap { $0[0].text }
            }
            #expect(try marked() == gone.map(\.name))
            // They are kept, and not looked for again.
            #expect(try names(path).count == 121)
            let second = try await plain.harvest(into: path, options)
            #expect((second.vanished, second.returned) == (0, 0) && second.wroteNothing)

            PlainInstallation.add(77, to: plain.installation)
            let third = try await plain.harvest(into: path, options)
            #expect((third.vanished, third.returned) == (0, 1))
            #expect(try marked() == [gone[0].name])
        }
    }

    @Test func whatVanishedWhileItWasOpenIsNoProblem() async throws {
        try await TemporaryFolder.with { folder in
            let plain = try PlainInstallation(count: 2)
            defer { plain.server.stop() }
            PlainInstallation.add(1, to: plain.installation, phase: "RUNNING")
            let path = folder + "/a.db"
            _ = try await plain.harvest(into: path)
            plain.installation.remove(execution: PlainInstallation.id(1))
            let again = try await plain.harvest(into: path)
            #expect((again.vanished, again.problems) == (1, 0))
            #expect(try await plain.harvest(into: path).requests == 3)
        }
    }

    @Test func onlyWhatChangedSinceIsRead() async throws {
        try await TemporaryFolder.with { folder in
            let plain = try PlainInstallation(count: 20)
            defer { plain.server.stop() }
            var options = HarvestOptions()
            options.since = PlainInstallation.start + 15 * PlainInstallation.hour
            let path = folder + "/a.db"
            #expect(try await plain.harvest(into: path, options).new == 5)
            // That was not the whole history, and the next harvest knows.
            #expect(try await plain.harvest(into: path).new == 15)
            options = HarvestOptions()
            options.isFull = true
            #expect(try await plain.harvest(into: path, options).unchanged == 20)
        }
    }

    @Test func aChosenExecutionThatWasErasedIsNotReadAgain() async throws {
        let plain = try PlainInstallation(count: 1)
        defer { plain.server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            _ = try await plain.harvest(into: path)
            do {
                let archive = try Archive(path: path, mode: .readWrite)
                let erased = ForgottenExecution(
                    source: try archive.sources()[0].name, id: PlainInstallation.id(0))
                _ = try archive.forget(.executions([erased]), reason: nil, at: PlainInstallation.start)
            }
            let asked = plain.server.log.count
            var options = HarvestOptions()
            options.executions = [PlainInstallation.id(0)]
            #expect(try await plain.harvest(into: path, options).new == 0)
            // Whether there is such an execution is asked before.
            #expect(plain.readNames(from: asked).count == 1)
        }
    }

    @Test(arguments: [true, false]) func aChosenExecutionComesWithThoseThatItLaunched(
        takesChildren: Bool
    ) async throws {
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        let parent = try #require(
            SampleHarvest.sample.truth.executions.first {
                $0.values[6] == "ops.nightly" && $0.values[3] == "SUCCEEDED"
            })
        let values = parent.values
        let id = ExecutionID(
            project: values[0] ?? "", domain: values[1] ?? "", name: values[2] ?? "")
        try await TemporaryFolder.with { folder in
            var options = HarvestOptions()
            options.executions = [id]
            options.takesChildren = takesChildren
            let path = folder + "/a.db"
            _ = try await SampleHarvest.run(server, into: path, options: options)
            let workflows = try Archive(path: path, mode: .readOnly).query(
                "SELECT workflow FROM v_execution ORDER BY nesting, workflow"
            ).rows.compactMap { $0[0].text }
            // Two children, one of which has a child.
            #expect(
                workflows == ["ops.nightly"]
                    + (takesChildren ? ["etl.load", "ops.region", "ingest.files"] : []))
        }
    }
}
