import FlyteIDL
import FlyteModel
import Testing

/// What literals say lies elsewhere, and when two addresses are one.
@Suite struct LiteralAddressTests {
    private func addresses(_ fields: [String: Value]) throws -> [String] {
        let literal = Message("core.Literal", fields)
        let map = Message("core.LiteralMap", ["literals": .map(["v": .message(literal)])])
        return try LiteralMap(decoding: map.encoded()).variables.flatMap { variable in
            variable.addresses.map { "\($0.path) \($0.kind.rawValue) \($0.uri) \($0.format ?? "-")" }
        }
    }

    private static let file: Value = [
        "scalar": [
            "blob": ["uri": "s3://b/f", "metadata": ["type": ["format": "csv", "dimensionality": "SINGLE"]]]
        ]
    ]
    private static let dataset: Value = [
        "scalar": [
            "structured_dataset": [
                "uri": "s3://b/t", "metadata": ["structured_dataset_type": ["format": "parquet"]],
            ]
        ]
    ]

    @Test func eachKindHasItsAddress() throws {
        #expect(try addresses(["scalar": ["primitive": ["integer": 1]]]) == [])
        #expect(
            try addresses([
                "scalar": [
                    "blob": ["uri": "s3://b/d/", "metadata": ["type": ["dimensionality": "MULTIPART"]]]
                ]
            ]) == [" directory s3://b/d/ -"])
        #expect(try addresses(["scalar": ["schema": ["uri": "s3://b/s"]]]) == [" schema s3://b/s -"])
        #expect(try addresses(["offloaded_metadata": ["uri": "s3://b/o.pb"]]) == [" offloaded s3://b/o.pb -"])
        // A place that is not said is none.
        #expect(try addresses(["scalar": ["blob": [:]]]) == [])
    }

    @Test func whateverIsInsideIsFound() throws {
        #expect(
            try addresses([
                "collection": [
                    "literals": [
                        Self.file, ["scalar": ["none_type": [:]]],
                        ["map": ["literals": .map(["eu": Self.dataset])]],
                    ]
                ]
            ]) == ["[0] file s3://b/f csv", "[2].eu structured_dataset s3://b/t parquet"])
        #expect(
            try addresses(["scalar": ["union": ["value": Self.dataset]]]) == [
                " structured_dataset s3://b/t parquet"
            ])
    }

    @Test(arguments: [
        ("S3://Bucket/Key", "s3://Bucket/Key"), ("s3a://b/k", "s3://b/k"), ("s3n://b/k/", "s3://b/k"),
        ("gcs://b/k", "gs://b/k"), ("s3://b//k", "s3://b//k"), ("s3://b/k%20", "s3://b/k%20"),
        ("s3://b/", "s3://b"),
        ("s3://b/d//", "s3://b/d//"), ("HTTPS://Host:443/Path", "https://host/Path"),
        ("http://h:80", "http://h"),
        ("http://h:8080/", "http://h:8080"),
        ("abfss://C@Acc.dfs.core.windows.net/K", "abfs://C@acc.dfs.core.windows.net/K"),
        ("/tmp/x/", "/tmp/x"), ("/", "/"), ("file:///tmp/x", "file:///tmp/x"),
        ("[redacted:uri:0123456789ab]", "[redacted:uri:0123456789ab]"), ("", ""), ("s3://", "s3://"),
        ("c:\\x", "c:\\x"),
    ]) func addressesAreComparedAsStoresDo(written: String, canonical: String) {
        #expect(StoreAddress.canonical(written) == canonical)
        #expect(StoreAddress.canonical(canonical) == canonical)
    }

    @Test(arguments: [
        ("s3://b/k", "s3://b/K"), ("s3://B/k", "s3://b/k"), ("s3://b/k", "gs://b/k"),
        ("s3://b/k", "s3://b/k//"),
    ])
    func whatStoresTellApartIsApart(first: String, second: String) {
        #expect(StoreAddress.canonical(first) != StoreAddress.canonical(second))
    }

    @Test func artifactsHaveAddressesOfTheirOwn() throws {
        let execution = Message(
            "admin.Execution",
            [
                "spec": [
                    "metadata": [
                        "artifact_ids": [
                            [
                                "artifact_key": ["project": "p", "domain": "d", "name": "model"],
                                "version": "v3",
                                "partitions": ["value": .map(["day": ["static_value": "2026-01-05"]])],
                            ]
                        ]
                    ]
                ]
            ])
        #expect(
            try Execution(decoding: execution.encoded()).artifacts == ["flyte://p/d/model@v3?day=2026-01-05"])
        let node = Message(
            "admin.NodeExecution",
            [
                "closure": [
                    "task_node_metadata": [
                        "catalog_key": [
                            "dataset_id": [
                                "project": "p", "domain": "d", "name": "flyte_task-t", "version": "1.0-x",
                            ],
                            "artifact_tag": ["artifact_id": "abc"],
                        ]
                    ]
                ]
            ])
        #expect(
            try NodeExecution(decoding: node.encoded()).cacheArtifact
                == "datacatalog://p/d/flyte_task-t@1.0-x/abc")
    }
}
