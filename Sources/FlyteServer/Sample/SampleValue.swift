public import FlyteIDL

/// A literal of the sample installation, and what an archive should say of it.
///
/// The JSON is written by hand here, so that it can check whoever renders the literal.
public struct SampleValue: Hashable, Sendable {
    /// A `core.Literal`.
    public var literal: Message
    /// The archive's short name of its type.
    public var type: String
    /// Canonical JSON.
    public var json: String

    init(_ fields: [String: Value], _ type: String, _ json: String) {
        literal = Message("core.Literal", fields)
        self.type = type
        self.json = json
    }

    /// A literal that somebody sent, of which an archive may say whatever it will.
    static func given(_ literal: Message) -> SampleValue {
        var value = integer(0)
        (value.literal, value.type, value.json) = (literal, "", "")
        return value
    }

    /// What somebody answered a gate with: a boolean or an integer.
    static func answer(_ literal: Message) -> SampleValue {
        let primitive = literal.message("scalar")?.message("primitive")
        var value =
            primitive?.whichOneof("value")?.name == "boolean"
            ? SampleValue([:], "boolean", primitive?.bool("boolean") == true ? "true" : "false")
            : integer(primitive?.integer("integer") ?? 0)
        value.literal = literal
        return value
    }

    static func integer(_ value: Int64) -> SampleValue {
        SampleValue(["scalar": ["primitive": ["integer": .int64(value)]]], "integer", "\(value)")
    }

    static func float(_ value: Double, _ json: String) -> SampleValue {
        SampleValue(["scalar": ["primitive": ["float_value": .double(value)]]], "float", json)
    }

    /// - Parameter json: The text in quotes, with escapes where it needs them.
    static func string(_ value: String, _ json: String? = nil) -> SampleValue {
        SampleValue(
            ["scalar": ["primitive": ["string_value": .string(value)]]], "string", json ?? "\"\(value)\"")
    }

    static func file(_ uri: String) -> SampleValue {
        SampleValue(
            [
                "scalar": [
                    "blob": [
                        "uri": .string(uri),
                        "metadata": ["type": ["format": "csv", "dimensionality": "SINGLE"]],
                    ]
                ]
            ], "file", #"{"dimensionality":"SINGLE","format":"csv","uri":"\#(uri)"}"#)
    }

    static func directory(_ uri: String) -> SampleValue {
        SampleValue(
            [
                "scalar": [
                    "blob": ["uri": .string(uri), "metadata": ["type": ["dimensionality": "MULTIPART"]]]
                ]
            ],
            "directory", #"{"dimensionality":"MULTIPART","format":"","uri":"\#(uri)"}"#)
    }

    static func dataset(_ uri: String) -> SampleValue {
        SampleValue(
            [
                "scalar": [
                    "structured_dataset": [
                        "uri": .string(uri),
                        "metadata": [
                            "structured_dataset_type": [
                                "format": "parquet",
                                "columns": [
                                    ["name": "day", "literal_type": ["simple": "DATETIME"]],
                                    ["name": "amount", "literal_type": ["simple": "FLOAT"]],
                                ],
                            ]
                        ],
                    ]
                ]
            ], "structured_dataset",
            #"{"columns":[{"name":"day","type":"DATETIME"},{"name":"amount","type":"FLOAT"}],"format":"parquet","uri":"\#(uri)"}"#
        )
    }

    /// One of every kind that Flyte knows.
    static let everyKind: [String: SampleValue] = [
        "an_integer": .integer(42), "least_integer": .integer(.min), "greatest_integer": .integer(.max),
        "a_float": .float(2.5, "2.5"), "a_tiny_float": .float(.leastNonzeroMagnitude, "5e-324"),
        "not_a_number": .float(.nan, "\"NaN\""),
        "infinity": .float(-.infinity, "\"-Infinity\""), "a_string": .string("plain"),
        "an_empty_string": .string(""),
        "a_boolean": SampleValue(["scalar": ["primitive": ["boolean": true]]], "boolean", "true"),
        "a_datetime": SampleValue(
            ["scalar": ["primitive": ["datetime": ["seconds": 1_764_000_000, "nanos": 123_456_789]]]],
            "datetime",
            "\"2025-11-24T16:00:00.123456789Z\""),
        "an_old_datetime": SampleValue(
            ["scalar": ["primitive": ["datetime": ["seconds": -2_208_988_800]]]], "datetime",
            "\"1900-01-01T00:00:00Z\""),
        "a_duration": SampleValue(
            ["scalar": ["primitive": ["duration": ["seconds": -90, "nanos": -500_000_000]]]], "duration",
            "\"-90.5s\""),
        "none": SampleValue(["scalar": ["none_type": [:]]], "none", "null"),
        "a_union": SampleValue(
            [
                "scalar": [
                    "union": [
                        "value": ["scalar": ["primitive": ["integer": 7]]],
                        "type": ["simple": "INTEGER", "structure": ["tag": "int"]],
                    ]
                ]
            ], "union", "7"),
        "an_enum": .string("RED"),
        "a_list": SampleValue(
            [
                "collection": [
                    "literals": [
                        ["scalar": ["primitive": ["integer": 1]]],
                        ["collection": ["literals": [["scalar": ["primitive": ["string_value": "a"]]]]]],
                    ]
                ]
            ], "list", #"[1,["a"]]"#),
        "an_empty_list": SampleValue(["collection": [:]], "list", "[]"),
        "a_map": SampleValue(
            [
                "map": [
                    "literals": .map([
                        "b": ["scalar": ["primitive": ["boolean": false]]],
                        "a": ["scalar": ["none_type": [:]]],
                    ])
                ]
            ], "map", #"{"a":null,"b":false}"#),
        "a_file": SampleValue(
            [
                "scalar": [
                    "blob": [
                        "uri": "s3://data/in.csv",
                        "metadata": ["type": ["format": "csv", "dimensionality": "SINGLE"]],
                    ]
                ]
            ], "file", #"{"dimensionality":"SINGLE","format":"csv","uri":"s3://data/in.csv"}"#),
        "a_directory": SampleValue(
            [
                "scalar": [
                    "blob": [
                        "uri": "s3://data/images", "metadata": ["type": ["dimensionality": "MULTIPART"]],
                    ]
                ]
            ], "directory", #"{"dimensionality":"MULTIPART","format":"","uri":"s3://data/images"}"#),
        "a_schema": SampleValue(
            [
                "scalar": [
                    "schema": [
                        "uri": "s3://data/schema", "type": ["columns": [["name": "n", "type": "FLOAT"]]],
                    ]
                ]
            ], "schema", #"{"columns":[{"name":"n","type":"FLOAT"}],"uri":"s3://data/schema"}"#),
        "a_dataset": .dataset("s3://data/table"),
        "a_struct": SampleValue(
            [
                "scalar": [
                    "generic": [
                        "fields": .map([
                            "z": ["number_value": 1.5],
                            "a": ["struct_value": ["fields": .map(["deep": ["bool_value": true]])]],
                            "l": [
                                "list_value": [
                                    "values": [["string_value": "x"], ["null_value": "NULL_VALUE"]]
                                ]
                            ],
                        ])
                    ]
                ]
            ], "struct", #"{"a":{"deep":true},"l":["x",null],"z":1.5}"#),
        // {"epochs": 3, "rate": 0.5, "tags": ["a"]}
        "a_dataclass": SampleValue(
            [
                "scalar": [
                    "binary": [
                        "tag": "msgpack",
                        "value": .bytes(
                            [0x83, 0xA6] + Array("epochs".utf8) + [0x03, 0xA4] + Array("rate".utf8)
                                + [0xCB, 0x3F, 0xE0, 0, 0, 0, 0, 0, 0, 0xA4] + Array("tags".utf8) + [
                                    0x91, 0xA1, 0x61,
                                ]),
                    ]
                ]
            ], "binary", #"{"epochs":3,"rate":0.5,"tags":["a"]}"#),
        "a_pickle": SampleValue(
            ["scalar": ["binary": ["tag": "pickle", "value": .bytes([0x80, 0x04, 0x2E])]]], "binary",
            #"{"base64":"gAQu","tag":"pickle"}"#),
        "an_error": SampleValue(
            ["scalar": ["error": ["failed_node_id": "n0", "message": "no luck"]]], "error",
            #"{"failed_node_id":"n0","message":"no luck"}"#),
        "offloaded": SampleValue(
            ["offloaded_metadata": ["uri": "s3://flyte/offloaded/big.pb", "size_bytes": 12_000_000]],
            "offloaded",
            #"{"offloaded":{"size_bytes":12000000,"uri":"s3://flyte/offloaded/big.pb"}}"#),
    ]

    /// Texts that try to be more than texts.
    static let hostile: [String: SampleValue] = [
        "html": .string(
            "<script>alert('x')</script><img src=x onerror=alert(1)>",
            #""<script>alert('x')</script><img src=x onerror=alert(1)>""#),
        "sql": .string("'; DROP TABLE execution; --"),
        "controls": .string(
            "bell\u{7} escape\u{1B}[31mred\u{1B}[0m nul\u{0}",
            #""bell\u0007 escape\u001b[31mred\u001b[0m nul\u0000""#),
        "right_to_left": .string("abc\u{202E}def\u{202C} שלום"),
        "formula": .string("=cmd|' /C calc'!A0"),
        "emoji": .string("👩‍🚀🚀 é ﷽"),
        "lines": .string("a|b\r\nc\td", #""a|b\r\nc\td""#),
        "markdown": .string("[click](https://example.com) `code` **bold**"),
    ]
}
