import FlyteIDL
import FlyteModel
import TestSupport
import Testing

struct LiteralTests {
    private func variable(_ literal: Message, limit: Int = LiteralMap.valueLimit) throws -> LiteralVariable {
        let map = Message("core.LiteralMap", ["literals": .map(["x": .message(literal)])])
        let decoded = try LiteralMap(decoding: map.encoded(), valueLimit: limit)
        return try #require(decoded.variables.first)
    }

    private func primitive(_ name: String, _ value: Value) -> Message {
        Message("core.Literal", ["scalar": ["primitive": .map([name: value])]])
    }

    @Test func primitivesAreNumbersAndText() throws {
        let integer = try variable(primitive("integer", .int64(.min)))
        #expect(integer.type == "integer" && integer.json == "-9223372036854775808")
        #expect(integer.number == .integer(.min))
        let float = try variable(primitive("float_value", 2.5))
        #expect(float.type == "float" && float.json == "2.5" && float.number == .real(2.5))
        #expect(try variable(primitive("float_value", .double(.infinity))).json == "\"Infinity\"")
        #expect(try variable(primitive("float_value", .double(.nan))).json == "\"NaN\"")
        let text = try variable(primitive("string_value", "a\"\n\u{1}é"))
        #expect(text.json == #""a\"\n\u0001é""# && text.text == "a\"\n\u{1}é")
        #expect(try variable(primitive("boolean", false)).json == "false")
        let datetime = try variable(primitive("datetime", ["seconds": 1_764_000_000, "nanos": 120_000_000]))
        #expect(datetime.json == "\"2025-11-24T16:00:00.12Z\"")
        let duration = try variable(primitive("duration", ["seconds": -3, "nanos": -5_000_000]))
        #expect(duration.json == "\"-3.005s\"" && duration.number == .real(-3.005))
    }

    @Test func aLiteralWithoutAValueIsNull() throws {
        #expect(try variable(Message("core.Literal")).json == "null")
        let none = try variable(Message("core.Literal", ["scalar": ["none_type": [:]]]))
        #expect(none.type == "none" && none.json == "null")
    }

    @Test func filesAndTablesShowTheirURI() throws {
        let blob = try variable(
            Message(
                "core.Literal",
                [
                    "scalar": [
                        "blob": [
                            "uri": "s3://b/x",
                            "metadata": ["type": ["format": "csv", "dimensionality": "MULTIPART"]],
                        ]
                    ]
                ]))
        #expect(blob.type == "directory" && blob.uri == "s3://b/x")
        #expect(blob.json == #"{"dimensionality":"MULTIPART","format":"csv","uri":"s3://b/x"}"#)
        let dataset = try variable(
            Message(
                "core.Literal",
                [
                    "scalar": [
                        "structured_dataset": [
                            "uri": "s3://b/t",
                            "metadata": [
                                "structured_dataset_type": [
                                    "format": "parquet",
                                    "columns": [["name": "a", "literal_type": ["simple": "INTEGER"]]],
                                ]
                            ],
                        ]
                    ]
                ]))
        #expect(
            dataset.json
                == #"{"columns":[{"name":"a","type":"INTEGER"}],"format":"parquet","uri":"s3://b/t"}"#)
    }

    @Test func structsAndMessagePackArePlainJSON() throws {
        let generic = try variable(
            Message(
                "core.Literal",
                [
                    "scalar": [
                        "generic": [
                            "fields": .map([
                                "b": ["number_value": 3],
                                "a": ["list_value": ["values": [["bool_value": true]]]],
                            ])
                        ]
                    ]
                ]))
        #expect(generic.type == "struct" && generic.json == #"{"a":[true],"b":3}"#)
        // {"b": 1.5, "a": [null, -1, "x"]}
        let packed: [UInt8] = [
            0x82, 0xA1, 0x62, 0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xA1, 0x61, 0x93, 0xC0, 0xFF, 0xA1, 0x78,
        ]
        func binary(_ bytes: [UInt8], _ tag: Value) -> Message {
            Message("core.Literal", ["scalar": ["binary": ["value": .bytes(bytes), "tag": tag]]])
        }
        #expect(try variable(binary(packed, "msgpack")).json == #"{"a":[null,-1,"x"],"b":1.5}"#)
        #expect(try variable(binary([1, 2], "pickle")).json == #"{"base64":"AQI=","tag":"pickle"}"#)
        #expect(try variable(binary([0xC1], "msgpack")).json == #"{"base64":"wQ==","tag":"msgpack"}"#)
    }

    @Test func collectionsNestAndUnionsAreWhatTheyHold() throws {
        let list = try variable(
            Message(
                "core.Literal",
                [
                    "collection": [
                        "literals": [.message(primitive("integer", 1)), .message(primitive("integer", 2))]
                    ]
                ]))
        #expect(list.type == "list" && list.json == "[1,2]")
        let union = try variable(
            Message("core.Literal", ["scalar": ["union": ["value": .message(primitive("integer", 7))]]]))
        #expect(union.json == "7" && union.number == .integer(7))
    }

    @Test func offloadedLiteralsNameTheirPlace() throws {
        let literal = try variable(
            Message("core.Literal", ["offloaded_metadata": ["uri": "s3://b/o", "size_bytes": 5_000_000]]))
        #expect(literal.type == "offloaded" && literal.sizeBytes == 5_000_000)
        #expect(literal.json == #"{"offloaded":{"size_bytes":5000000,"uri":"s3://b/o"}}"#)
    }

    @Test func longValuesKeepNoColumns() throws {
        let text = try variable(
            primitive("string_value", .string(String(repeating: "x", count: 100))), limit: 50)
        #expect(text.json == nil && text.text == nil && text.type == "string" && text.sizeBytes > 100)
    }

    @Test func durationsAndDatetimesThatProtobufForbidsStillHaveAText() throws {
        let mixed = try variable(primitive("duration", ["seconds": 1, "nanos": -5]))
        #expect(mixed.json == "\"0.999999995s\"")
        let long = try variable(primitive("duration", ["seconds": 1, "nanos": 2_100_000_000]))
        #expect(long.json == "\"3.1s\"")
        let least = try variable(primitive("duration", ["seconds": .int64(.min), "nanos": -1]))
        #expect(least.json == "\"-9223372036854775808.000000001s\"")
        let beyond = try variable(primitive("datetime", ["seconds": .int64(.max)]))
        #expect(beyond.json == "\"9223372036854775807s0ns\"")
        let first = try variable(primitive("datetime", ["seconds": -62_135_596_800]))
        #expect(first.json == "\"0001-01-01T00:00:00Z\"")
        let last = try variable(
            primitive("datetime", ["seconds": 253_402_300_799, "nanos": 999_999_999]))
        #expect(last.json == "\"9999-12-31T23:59:59.999999999Z\"")
    }

    private func packed(_ bytes: [UInt8]) throws -> String? {
        try variable(
            Message("core.Literal", ["scalar": ["binary": ["value": .bytes(bytes), "tag": "msgpack"]]])
        ).json
    }

    @Test func messagePackKeysAreSortedByTheirOwnBytes() throws {
        // {"a!": 1, "a": 2, 7: 3, "a": 4}
        let bytes: [UInt8] = [
            0x84, 0xA2, 0x61, 0x21, 1, 0xA1, 0x61, 2, 7, 3, 0xA1, 0x61, 4,
        ]
        #expect(try packed(bytes) == #"{"7":3,"a":4,"a!":1}"#)
        // {["x"]: 1}
        #expect(try packed([0x81, 0x91, 0xA1, 0x78, 1]) == #"{"[\"x\"]":1}"#)
    }

    @Test func messagePackWithMapsForKeysStaysABinary() throws {
        // {{{…"a": 1…}: 1}: 1}, thirty times: quoted at each level it would have a billion characters.
        let keys = Array(repeating: UInt8(0x81), count: 30)
        let bytes = keys + [0xA1, 0x61] + Array(repeating: UInt8(1), count: 30)
        #expect(try packed(bytes)?.hasPrefix(#"{"base64":"gYGB"#) == true)
    }

    @Test func namesThatOnlyUnicodeCallsEqualAreTwo() throws {
        let map = Message(
            "core.LiteralMap",
            [
                "literals": [
                    "\u{e9}": .message(primitive("integer", 1)),
                    "e\u{301}": .message(primitive("integer", 2)),
                ]
            ])
        let decoded = try LiteralMap(decoding: map.encoded())
        #expect(decoded.variables.map(\.json) == ["2", "1"])
        #expect(try LiteralJSON.text(ofMap: map.encoded()) == "{\"e\u{301}\":2,\"\u{e9}\":1}")
    }

    @Test func aLongListIsReadOnlyUpToTheLimit() throws {
        // A million integers, and then bytes that are no message.
        let element: [UInt8] = [0x0A, 6, 0x0A, 4, 0x0A, 2, 0x08, 1]
        var list: [UInt8] = []
        for _ in 0..<1_000_000 { list += element }
        list += [0xFF]
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            var size = UInt64(bytes.count)
            var head = [number << 3 | 2]
            while size >= 0x80 {
                head.append(UInt8(size & 0x7F) | 0x80)
                size >>= 7
            }
            return head + [UInt8(size)] + bytes
        }
        let map = field(1, field(1, Array("x".utf8)) + field(2, field(2, list)))
        let variable = try #require(try LiteralMap(decoding: map).variables.first)
        #expect(variable.type == "list" && variable.json == nil)
        // Beside others it takes only itself away.
        #expect(
            try LiteralJSON.text(ofMap: map) == #"{"x":{"unreadable":"its bytes are no message"}}"#)
    }

    @Test(arguments: UInt64(0)..<50) func mutatedBytesNeverTrap(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let map = Message(
            "core.LiteralMap",
            [
                "literals": .map([
                    "a": .message(primitive("string_value", "hello")),
                    "b": ["scalar": ["generic": ["fields": .map(["k": ["string_value": "v"]])]]],
                    "c": ["collection": ["literals": [.message(primitive("integer", 1))]]],
                ])
            ]
        ).encoded()
        for _ in 0..<200 {
            var bytes = map
            for _ in 0...Int(random.next() % 3) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? LiteralMap(decoding: bytes)
            _ = try? LiteralJSON.text(ofMap: bytes)
        }
    }
}
