import FlyteIDL
import FlyteModel
import Foundation
import TestSupport
import Testing

/// Canonical JSON, checked with what shares no code with it: literals decoded by our codec and read by Foundation,
/// and Swift's own digits.
struct LiteralJSONTests {
    private static func map(_ literal: Message) -> Message {
        Message("core.LiteralMap", ["literals": .map(["x": .message(literal)])])
    }

    private static func scalar(_ kind: String, _ value: Value) -> Message {
        Message("core.Literal", ["scalar": .map([kind: value])])
    }

    private static func packed(_ bytes: [UInt8]) -> Message {
        scalar("binary", ["tag": "msgpack", "value": .bytes(bytes)])
    }

    private static let recordedMaps = Result { () -> [[UInt8]] in
        var maps: [[UInt8]] = []
        for set in [RecordedExchange.Set.propellerCases, .scriptedLocal] {
            for tree in try RecordedCaptures(set).trees().values {
                var places = [tree.inputs, tree.outputs]
                for node in tree.nodes {
                    places += [node.inputs, node.outputs]
                    for attempt in node.attempts { places += [attempt.inputs, attempt.outputs] }
                }
                for case let place? in places {
                    maps.append(Array(tree.capture.messages[place.message].bytes[place.range]))
                }
            }
        }
        return maps
    }

    // MARK: What it says

    @Test func recordedMapsSayWhatTheirMessagesSay() throws {
        var compared = 0
        var seen: Set<String> = []
        for bytes in Set(try Self.recordedMaps.get()) {
            let text = try #require(try LiteralJSON.text(ofMap: bytes))
            let found = try JSONSerialization.jsonObject(with: Data(text.utf8))
            let expected = Self.object(
                try Message(decoding: bytes, as: "core.LiteralMap").map("literals"), &seen)
            #expect((found as? NSDictionary) == (expected as NSDictionary), "\(text)")
            compared += 1
        }
        #expect(
            compared > 500 && seen.isSuperset(of: ["primitive", "collection", "map", "generic"]), "\(seen)")
    }

    private static func object(_ map: ValueMap, _ seen: inout Set<String>) -> [String: Any] {
        var object: [String: Any] = [:]
        for case (let key, .message(let literal)) in map { object[key] = value(literal, &seen) }
        return object
    }

    private static func value(_ literal: Message, _ seen: inout Set<String>) -> Any {
        guard let member = literal.whichOneof("value")?.name, let value = literal.message(member) else {
            return NSNull()
        }
        seen.insert(member)
        switch member {
        case "collection": return value.messages("literals").map { Self.value($0, &seen) }
        case "map": return object(value.map("literals"), &seen)
        case "offloaded_metadata":
            return ["offloaded": ["size_bytes": value.integer("size_bytes"), "uri": value.string("uri")]]
        default: return scalar(value, &seen)
        }
    }

    private static func scalar(_ scalar: Message, _ seen: inout Set<String>) -> Any {
        guard let member = scalar.whichOneof("value")?.name, let value = scalar.message(member) else {
            return NSNull()
        }
        seen.insert(member)
        switch member {
        case "primitive": return primitive(value)
        case "blob":
            let type = value.message("metadata")?.message("type")
            return [
                "uri": value.string("uri"), "format": type?.string("format") ?? "",
                "dimensionality": type?.enumName("dimensionality") ?? "SINGLE",
            ]
        case "binary":
            if value.string("tag") == "msgpack" {
                // Read for its structure alone; the vectors below say what it means.
                let text = try? LiteralJSON.text(
                    of: Message("core.Literal", ["scalar": .message(scalar)]).encoded())
                return (text ?? nil).flatMap {
                    try? JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
                } ?? NSNull()
            }
            return ["base64": Data(value.bytes("value")).base64EncodedString(), "tag": value.string("tag")]
        case "schema":
            let columns = value.message("type")?.messages("columns") ?? []
            return [
                "uri": value.string("uri"),
                "columns": columns.map { ["name": $0.string("name"), "type": $0.enumName("type")] },
            ]
        case "error":
            return ["failed_node_id": value.string("failed_node_id"), "message": value.string("message")]
        case "generic": return structure(value)
        case "structured_dataset":
            let type = value.message("metadata")?.message("structured_dataset_type")
            return [
                "uri": value.string("uri"), "format": type?.string("format") ?? "",
                "columns": (type?.messages("columns") ?? []).map { column in
                    let type = column.message("literal_type")
                    let kind = type?.whichOneof("type")?.name
                    return [
                        "name": column.string("name"),
                        "type": kind == "simple" ? type?.enumName("simple") ?? "" : kind ?? "NONE",
                    ]
                },
            ]
        case "union": return value.message("value").map { Self.value($0, &seen) } ?? NSNull()
        default: return NSNull()
        }
    }

    private static func primitive(_ primitive: Message) -> Any {
        switch primitive.whichOneof("value")?.name {
        case "integer": return primitive.integer("integer")
        case "float_value":
            let value = primitive.double("float_value")
            return value.isFinite ? value : value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
        case "string_value": return primitive.string("string_value")
        case "boolean": return primitive.bool("boolean")
        case "datetime":
            let time = primitive.message("datetime") ?? Message("google.protobuf.Timestamp")
            // The first and the last that protobuf allows, by how they are read: our own times do not reach so far.
            for extreme in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"]
            where (try? Message(json: .string(extreme), as: time.type)) == time {
                return extreme
            }
            return Timestamp(seconds: time.integer("seconds"), nanos: time.integer("nanos")).description
        case "duration":
            let time = primitive.message("duration")
            let nanos = Decimal(time?.integer("nanos") ?? 0) / 1_000_000_000
            return "\(Decimal(time?.integer("seconds") ?? 0) + nanos)s"
        default: return NSNull()
        }
    }

    private static func structure(_ structure: Message) -> [String: Any] {
        var object: [String: Any] = [:]
        for case (let key, .message(let value)) in structure.map("fields") {
            object[key] = structureValue(value)
        }
        return object
    }

    private static func structureValue(_ value: Message) -> Any {
        switch value.whichOneof("kind")?.name {
        case "number_value": return value.double("number_value")
        case "string_value": return value.string("string_value")
        case "bool_value": return value.bool("bool_value")
        case "struct_value": return value.message("struct_value").map(structure) ?? [:]
        case "list_value": return (value.message("list_value")?.messages("values") ?? []).map(structureValue)
        default: return NSNull()
        }
    }

    // MARK: Numbers

    @Test(arguments: 0..<4 as Range<UInt64>) func doublesHaveTheDigitsThatSwiftGives(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var values: [Double] = [
            0, -0.0, 1, 0.1, 1e15, 1e16, 1e-4, 1e-5, 18_014_398_509_481_984, 18_014_398_509_481_988,
            123_456.789, .pi,
            .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 9.5, 1e21, 1e22,
            999_999_999_999_999, 4 * .leastNonzeroMagnitude, 1.7976931348623157e308,
        ]
        // Every power of two, and so every power of ten that the core's table has, with its neighbours.
        // Between 2^53 and 10^16 Swift has an exponent, though the digits would fit.
        for _ in 0..<200 { values.append(.random(in: 9.007_199_254_740_992e15..<1e16, using: &random)) }
        for exponent in -1074...1023 {
            let power = Double(sign: .plus, exponent: exponent, significand: 1)
            values += [power, power.nextUp, power.nextDown]
            values.append(power * Double.random(in: 1..<2, using: &random))
        }
        for _ in 0..<2000 {
            values.append(Double(bitPattern: random.next()))
            values.append(Double(Int.random(in: -100_000...100_000, using: &random)) / 1000)
        }
        for value in values where value.isFinite {
            let primitive = Self.map(Self.scalar("primitive", ["float_value": .double(value)])).encoded()
            #expect(try LiteralJSON.text(ofMap: primitive) == "{\"x\":\(value)}")
            let whole = Int64(exactly: value).flatMap { $0.magnitude < 1_000_000_000_000_000 ? $0 : nil }
            let number = Self.map(Self.scalar("generic", ["fields": ["v": ["number_value": .double(value)]]]))
                .encoded()
            let digits = whole.map(String.init) ?? "\(value)"
            #expect(try LiteralJSON.text(ofMap: number) == "{\"x\":{\"v\":\(digits)}}")
        }
    }

    // MARK: MessagePack

    private static let packs: [(hex: String, json: String)] = [
        ("c0", #"null"#),
        ("c2", #"false"#),
        ("c3", #"true"#),
        ("00", #"0"#),
        ("7f", #"127"#),
        ("e0", #"-32"#),
        ("cc80", #"128"#),
        ("cdffff", #"65535"#),
        ("ceffffffff", #"4294967295"#),
        ("cfffffffffffffffff", #"18446744073709551615"#),
        ("d080", #"-128"#),
        ("d18000", #"-32768"#),
        ("d280000000", #"-2147483648"#),
        ("d38000000000000000", #"-9223372036854775808"#),
        ("ca3dcccccd", #"0.10000000149011612"#),
        ("cb3fb999999999999a", #"0.1"#),
        ("a161", #""a""#),
        ("d90161", #""a""#),
        ("c40101", #""AQ==""#),
        ("d405ff", #"{"base64":"/w==","ext":5}"#),
        ("d601ffffffff", #"{"base64":"/////w==","ext":1}"#),
        ("c70205abcd", #"{"base64":"q80=","ext":5}"#),
        ("93010203", #"[1,2,3]"#),
        ("dc000101", #"[1]"#),
        ("82a16201a16102", #"{"a":2,"b":1}"#),
        ("82a16101a16102", #"{"a":2}"#),
        ("8101a161", #"{"1":"a"}"#),
        ("81920102c0", #"{"[1,2]":null}"#),
        ("81c3a0", #"{"true":""}"#),
        ("818001", #"{"base64":"gYAB","tag":"msgpack"}"#),
        ("91", #"{"base64":"kQ==","tag":"msgpack"}"#),
        ("c1", #"{"base64":"wQ==","tag":"msgpack"}"#),
        ("a1ff", #"{"base64":"of8=","tag":"msgpack"}"#),
        ("0000", #"{"base64":"AAA=","tag":"msgpack"}"#),
        ("82a1220ac3a12001", #"{"base64":"gqEiCsOhIAE=","tag":"msgpack"}"#),
        ("de0001a16190", #"{"a":[]}"#),
        ("ddffffffff", #"{"base64":"3f////8=","tag":"msgpack"}"#),
        ("dfffffffff", #"{"base64":"3/////8=","tag":"msgpack"}"#),
    ]

    @Test(arguments: packs) func messagePackMeans(hex: String, json: String) throws {
        let bytes = stride(from: 0, to: hex.utf8.count, by: 2).compactMap { index in
            UInt8(hex.dropFirst(index).prefix(2), radix: 16)
        }
        #expect(try LiteralJSON.text(of: Self.packed(bytes).encoded()) == json)
    }

    // MARK: What JSON cannot tell

    /// Lists in each other around an integer.
    /// Lists in lists, from the inside out: a message of each would be as deep.
    private static func nested(_ depth: Int) -> [UInt8] {
        var inner = scalar("primitive", ["integer": 1]).encoded()
        // Lengths first, so that it takes no square of the time.
        var lengths = [inner.count]
        func size(_ count: Int) -> Int {
            var writer = WireWriter()
            writer.varint(UInt64(count))
            return writer.bytes.count
        }
        for _ in 0..<2 * depth {
            lengths.append(1 + size(lengths[lengths.count - 1]) + lengths[lengths.count - 1])
        }
        var writer = WireWriter()
        for level in stride(from: 2 * depth, to: 0, by: -1) {
            writer.tag(level % 2 == 0 ? 2 : 1, .lengthDelimited)
            writer.varint(UInt64(lengths[level - 1]))
        }
        inner = writer.bytes + inner
        return inner
    }

    private static func map(_ entries: [(name: String, literal: [UInt8])]) -> [UInt8] {
        var map = WireWriter()
        for entry in entries {
            var writer = WireWriter()
            writer.field(1, entry.name.utf8)
            writer.field(2, entry.literal)
            map.field(1, writer.bytes)
        }
        return map.bytes
    }

    @Test func aValueThatIsTooDeepLeavesItsNeighbours() throws {
        for (depth, isTold) in [(40, true), (110, true), (399, true), (400, false), (200_000, false)] {
            let map = Self.map([
                ("a", Self.scalar("primitive", ["integer": 7]).encoded()), ("b", Self.nested(depth)),
            ])
            let variables = try LiteralMap(decoding: map).variables
            #expect(variables.map(\.name) == ["a", "b"] && variables.map(\.type) == ["integer", "list"])
            #expect(variables[0].json == "7" && variables[0].number == .integer(7))
            #expect((variables[1].json != nil) == isTold)
            #expect(variables[1].failure == (isTold ? nil : .tooDeep))
            let json = try #require(try LiteralJSON.text(ofMap: map))
            #expect(json.hasPrefix(#"{"a":7,"b":"#))
            #expect(
                json.hasSuffix(#""b":{"unreadable":"values in it lie too deep in each other"}}"#) == !isTold)
        }
    }

    @Test func aTextThatIsNoUTF8LeavesItsNeighbours() throws {
        var bytes = Message(
            "core.LiteralMap",
            [
                "literals": .map([
                    "a": .message(Self.scalar("primitive", ["integer": 7])),
                    "b": .message(Self.scalar("primitive", ["string_value": "zzz"])),
                ])
            ]
        ).encoded()
        let place = try #require(bytes.lastIndex(of: UInt8(ascii: "z")))
        bytes[place] = 0xFF
        let variables = try LiteralMap(decoding: bytes).variables
        #expect(variables.map(\.json) == ["7", "\"zz\u{FFFD}\""])
        #expect(variables.map(\.failure) == [nil, .invalidUTF8])
        #expect(variables[1].type == "string" && variables[1].text == "zz\u{FFFD}")
    }

    @Test func aLimitIsKept() throws {
        let map = Self.map(Self.scalar("primitive", ["string_value": "0123456789"])).encoded()
        #expect(try LiteralJSON.text(ofMap: map, limit: 18) == #"{"x":"0123456789"}"#)
        for limit in 0..<18 { #expect(try LiteralJSON.text(ofMap: map, limit: limit) == nil) }
    }

    // MARK: Hostile bytes

    /// Whatever the bytes are, there is JSON that Foundation reads, within the limit, or an error.
    @Test(arguments: 0..<8 as Range<UInt64>) func hostileBytesGiveJSONOrAnError(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let maps = try Self.recordedMaps.get().filter { $0.count < 8192 }
        var answers = 0
        for round in 0..<1500 {
            var bytes = try #require(maps.randomElement(using: &random))
            if round % 3 == 0 {
                // MessagePack out of nothing, with more maps, arrays and strings than chance has.
                let heads: [UInt8] = [0x81, 0x82, 0x91, 0x93, 0xA1, 0xC4, 0xC7, 0xD9, 0xDC, 0xDD, 0xDE, 0xDF]
                let packed = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                    Bool.random(using: &random)
                        ? heads.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
                }
                bytes = Self.map(Self.packed(packed)).encoded()
            } else {
                Self.mutate(&bytes, &random)
            }
            let limit = Bool.random(using: &random) ? Int.max : Int.random(in: 0...500, using: &random)
            guard let text = try? LiteralJSON.text(ofMap: bytes, limit: limit) else { continue }
            answers += 1
            #expect(text.utf8.count <= limit)
            #expect(throws: Never.self, "\(text)") { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        }
        #expect(answers > 200)
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 8))
            default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
            }
        }
    }
}
