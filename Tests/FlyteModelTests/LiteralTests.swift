import FlyteIDL
import FlyteModel
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

    @Test(arguments: UInt64(0)..<50) func mutatedBytesNeverTrap(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
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

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
