import FlyteModel
import Foundation
import TestSupport
import Testing

/// What a harvest does to hold trees of any size.
struct KeepingMessagesTests {
    @Test(arguments: [RecordedExchange.Set.propellerCases, .scriptedLocal])
    func messagesThatWerePutAsideAreTheSame(set: RecordedExchange.Set) throws {
        try TemporaryFolder.with { folder in
            let spool = try Spool(folder: folder)
            for capture in try RecordedCaptures(set).captures.values {
                var aside = capture
                aside.messages = []
                for message in capture.messages {
                    aside.messages.append(try KeptMessage(message, aside: spool))
                }
                #expect(aside == capture)
                let trees = (
                    try ExecutionTree(capture, definitions: .none),
                    try ExecutionTree(aside, definitions: .none)
                )
                #expect(trees.0.nodes.map(\.execution) == trees.1.nodes.map(\.execution))
                #expect(
                    trees.0.nodes.map { $0.attempts.map(\.execution) }
                        == trees.1.nodes.map { $0.attempts.map(\.execution) })
            }
        }
    }

    @Test func aSpoolHasNoNameAndIsNotInherited() throws {
        try TemporaryFolder.with { folder in
            let spool = try Spool(folder: folder)
            defer { withExtendedLifetime(spool) {} }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            let own = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
                return target?.hasPrefix(folder + "/") == true
            }
            #expect(own.count == 1)
            for descriptor in own.compactMap({ Int32($0) }) {
                #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            }
        }
    }

    @Test(arguments: [false, true]) func aMessagePutAsideKeepsAllThatIsKnownOfIt(isSealed: Bool) throws {
        try TemporaryFolder.with { folder in
            let task = DefinitionID(kind: .task, project: "p", domain: "", name: "t", version: "v\0")
            let bytes: [[UInt8]] = [[], [1, 2, 3], Array(repeating: 7, count: 100_000)]
            let spool = try Spool(folder: folder, isSealed: isSealed)
            let other = try Spool(folder: folder)
            try other.append(Array(repeating: 9, count: 3_000_000))
            let contents = bytes.map { MessageContent.held($0) } + [.spooled(other, 5..<2_500_000)]
            var messages = CapturedMessages()
            var expected: [CapturedMessage] = []
            for content in contents {
                for place in [.execution, .node(""), CapturePlace(nodeID: "n", attempt: 0, task: task)] {
                    let message = CapturedMessage(
                        kind: .literalMap, place: place,
                        parentNodeID: place.nodeID.map { $0 + String(repeating: "x", count: 5000) },
                        direction: .output, uri: "s3://ü", content: content)
                    expected.append(message)
                    messages.append(try KeptMessage(message, aside: spool))
                }
            }
            #expect(Array(messages) == expected)
            #expect(messages.indices.allSatisfy { messages.kept(at: $0).bytes == expected[$0].bytes })
            messages[1].uri = nil
            messages.removeAll { $0.content.count == 0 && $0.uri != nil }
            #expect(messages.count == expected.count - 2 && messages[0].uri == nil)
        }
    }

    @Test func aSealedFileHoldsNothingThatOthersCanRead() throws {
        try TemporaryFolder.with { folder in
            let secret = Array("a secret that no file may hold".utf8)
            for isSealed in [false, true] {
                let spool = try Spool(folder: folder, isSealed: isSealed)
                for _ in 0..<1000 { try spool.append(secret) }
                // The file has no name, but its owner's process does.
                let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").map {
                    "/proc/self/fd/" + $0
                }
                let files = links.filter {
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: $0))?.hasPrefix(folder)
                        == true
                }
                #expect(files.count == 1)
                for file in files {
                    let found = try Data(contentsOf: URL(filePath: file))
                    #expect(found.count == spool.count)
                    #expect((found.range(of: Data(secret)) == nil) == isSealed)
                    // Nor is it the same twice.
                    if isSealed { #expect(found.prefix(300) != found.dropFirst(300).prefix(300)) }
                }
                // Any part can be had by itself, wherever it begins.
                for start in [0, 1, 15, 16, 17, 1000] {
                    let range = start..<start + secret.count
                    let expected = range.map { secret[$0 % secret.count] }
                    #expect(try spool.bytes(in: range) == expected)
                }
            }
        }
    }

    @Test func whatIsSaidOfPlacesStaysAsItWasSaid() throws {
        try TemporaryFolder.with { folder in
            let spool = try Spool(folder: folder)
            var list = PlacedList<Withheld>()
            var expected: [Withheld] = []
            for number in 0..<40 {
                let place = CapturePlace(
                    nodeID: number % 3 == 0 ? nil : "n\(number)", attempt: number % 5 == 0 ? nil : 1)
                let gap = Withheld(place: place, field: "inputs", state: .redacted, detail: "\(number % 2)")
                let message = CapturedMessage(kind: .data, place: place, bytes: [1])
                expected.append(gap)
                switch number % 4 {
                case 0: list.append(gap)
                case 1: list.append(gap, of: KeptMessage(message))
                default: list.append(gap, of: try KeptMessage(message, aside: spool))
                }
            }
            #expect(Array(list) == expected && list == PlacedList(expected))
            for index in [1, 2, 7] {
                list[index].detail += " more"
                expected[index].detail += " more"
                list[index + 1].place = .node("other")
                expected[index + 1].place = .node("other")
            }
            list.removeAll { $0.place.attempt == nil }
            expected.removeAll { $0.place.attempt == nil }
            list.insert(contentsOf: expected.prefix(3), at: 2)
            expected.insert(contentsOf: expected.prefix(3), at: 2)
            #expect(Array(list) == expected)
        }
    }

    @Test func whatWasUsedOfLateIsKept() {
        var recent = RecentCache<Int, String>(bytes: 100)
        for number in 0..<1000 {
            recent.keep("\(number)", for: number, bytes: 10)
            #expect(recent[number] == "\(number)")
            // Whatever is asked for again and again stays.
            if number > 0 { #expect(recent[0] == "0") }
        }
        let kept = (0..<1000).filter { recent[$0] != nil }
        #expect(kept.count <= 21 && kept.contains(999))
        recent.remove(999)
        #expect(recent[999] == nil)
    }

    @Test func everyTimeOfALifetimeMayBeUnknown() {
        var times = Lifetime()
        #expect(times.createdAt == nil && times.startedAt == nil && times.duration == nil)
        times.createdAt = Timestamp(nanoseconds: .min)
        times.duration = 0
        #expect(times.createdAt == Timestamp(nanoseconds: .min) && times.duration == 0)
        #expect(times.updatedAt == nil)
        times.createdAt = nil
        times.duration = nil
        #expect(times == Lifetime())
    }
}
