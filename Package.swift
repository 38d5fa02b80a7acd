// swift-tools-version: 6.2
import PackageDescription

// Data flows one way, and so do the imports: see "How it is built" in README.md.
// Every C library is the distribution's own; no package is fetched.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// Rounding is a call into libm, which Swift does not link by itself.
//
// - Parameter isOptimized: Of what goes through every byte of every text: without it, its tests take minutes.
func swiftTarget(
    _ name: String, _ dependencies: [Target.Dependency], isOptimized: Bool = false
) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: swiftSettings
            + (isOptimized ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []),
        linkerSettings: [.linkedLibrary("m")])
}

func cLibrary(_ name: String, link libraries: [String]) -> Target {
    .target(name: name, linkerSettings: libraries.map { .linkedLibrary($0) })
}

func tests(of name: String, _ dependencies: [Target.Dependency], snapshots: Bool = false) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies,
        exclude: snapshots ? ["Snapshots"] : [], swiftSettings: swiftSettings)
}

let package = Package(
    name: "flightlog",
    products: [
        .executable(name: "flightlog", targets: ["flightlog"])
    ],
    targets: [
        // The distribution's C libraries, with the few wrappers that Swift needs.
        cLibrary("CSQLite", link: ["sqlite3"]),
        cLibrary("CZstd", link: ["zstd"]),
        // Literals and messages as JSON, for the SQL functions and for the tool.
        cLibrary("CFlyteJSON", link: []),
        // Our SQL functions; 'make extension' builds these two as a loadable extension.
        .target(
            name: "CFlightlogSQLite", dependencies: ["CFlyteJSON"], cSettings: [.define("SQLITE_CORE")],
            linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("zstd"), .linkedLibrary("m")]),
        cLibrary("CCurl", link: ["curl"]),
        cLibrary("CYaml", link: ["yaml"]),
        cLibrary("CMicrohttpd", link: ["microhttpd"]),
        cLibrary("CCrypto", link: ["crypto"]),
        cLibrary("CMalloc", link: []),
        // RE2 is C++, and this its few lines of C.
        cLibrary("CRE2", link: ["re2", "stdc++"]),
        .target(name: "CEmbeddedFiles", exclude: ["idl", "topics"]),
        swiftTarget("EmbeddedFiles", ["CEmbeddedFiles"]),

        // General, and knowing nothing of Flyte.
        swiftTarget("CommandLineParser", []),
        swiftTarget("Markup", []),
        swiftTarget("Tables", ["Markup"]),
        swiftTarget("Locking", []),

        // Flyte's messages, values, and what follows from one execution.
        swiftTarget("FlyteIDL", ["EmbeddedFiles", "CFlyteJSON"]),
        swiftTarget("FlyteModel", ["FlyteIDL", "CFlyteJSON", "CCrypto"]),
        swiftTarget("FlyteTrace", ["FlyteModel", "Markup"]),
        swiftTarget("FlyteRedaction", ["FlyteIDL", "FlyteModel", "CCrypto", "CRE2"], isOptimized: true),

        // Asking, keeping, and carrying from one to the other.
        swiftTarget("FlyteAdmin", ["FlyteIDL", "FlyteModel", "Locking", "CCurl", "CYaml", "CCrypto"]),
        swiftTarget(
            "FlyteArchive",
            [
                "FlyteIDL", "FlyteModel", "FlyteRedaction", "FlyteTrace", "Tables", "Locking", "CSQLite",
                "CFlightlogSQLite", "CZstd", "CCrypto", "EmbeddedFiles",
            ]),
        swiftTarget(
            "FlyteHarvest",
            [
                "FlyteIDL", "FlyteModel", "FlyteTrace", "FlyteRedaction", "FlyteAdmin", "FlyteArchive",
                "Locking",
            ]),

        // Answers.
        swiftTarget(
            "FlyteAnalysis", ["FlyteIDL", "FlyteModel", "FlyteArchive", "Tables", "EmbeddedFiles"]),
        swiftTarget(
            "FlyteReport",
            ["FlyteModel", "FlyteArchive", "FlyteAnalysis", "Tables", "Markup", "EmbeddedFiles"]),
        swiftTarget(
            "FlyteServer", ["FlyteIDL", "FlyteModel", "FlyteTrace", "Locking", "CMicrohttpd", "CCrypto"]),

        swiftTarget(
            "FlyteBrowser",
            [
                "FlyteIDL", "FlyteModel", "FlyteArchive", "FlyteAnalysis", "FlyteReport", "FlyteServer",
                "Tables", "Markup", "Locking",
            ]),

        swiftTarget(
            "FlyteCommandLine",
            [
                "CommandLineParser", "EmbeddedFiles", "Tables", "FlyteIDL", "FlyteModel", "FlyteRedaction",
                "FlyteAdmin", "FlyteArchive", "FlyteHarvest", "FlyteAnalysis", "FlyteReport", "FlyteServer",
                "FlyteBrowser", "Locking",
            ]),
        .executableTarget(
            name: "flightlog", dependencies: ["FlyteCommandLine", "CMalloc"], swiftSettings: swiftSettings),

        .target(
            name: "TestSupport",
            dependencies: [
                "FlyteIDL", "FlyteModel", "FlyteAdmin", "FlyteArchive", "FlyteServer", "Tables", "CZstd",
            ],
            path: "Tests/TestSupport", swiftSettings: swiftSettings),
        // Asked by Tests/codec/run, which has another implementation of protobuf beside it.
        .executableTarget(
            name: "codec-probe", dependencies: ["FlyteIDL"], path: "Tests/CodecProbe",
            swiftSettings: swiftSettings),
        // Asked by Tests/bench/run.
        .executableTarget(
            name: "bench-probe",
            dependencies: [
                "FlyteModel", "FlyteArchive", "Tables", "CSQLite", "CCrypto", "CZstd",
            ],
            path: "Tests/BenchProbe", swiftSettings: swiftSettings),
        tests(of: "EmbeddedFiles", []),
        tests(of: "CommandLineParser", []),
        tests(of: "Tables", []),
        tests(of: "Markup", []),
        tests(of: "FlyteIDL", ["EmbeddedFiles"]),
        tests(of: "FlyteModel", ["FlyteIDL"]),
        tests(of: "FlyteTrace", ["FlyteModel", "FlyteIDL", "FlyteServer"]),
        tests(of: "FlyteRedaction", ["FlyteModel", "FlyteIDL"]),
        tests(of: "FlyteAdmin", ["FlyteModel", "FlyteIDL", "FlyteServer"]),
        tests(of: "FlyteArchive", ["FlyteModel", "FlyteIDL", "Tables", "CSQLite"]),
        tests(
            of: "FlyteHarvest",
            [
                "FlyteModel", "FlyteIDL", "FlyteRedaction", "FlyteAdmin", "FlyteArchive", "FlyteAnalysis",
                "FlyteServer", "Tables",
            ]),
        tests(of: "FlyteAnalysis", ["FlyteModel", "FlyteArchive", "Tables"]),
        tests(
            of: "FlyteReport", ["FlyteModel", "FlyteArchive", "FlyteAnalysis", "Tables", "Markup"],
            snapshots: true),
        tests(of: "FlyteServer", ["FlyteModel", "FlyteIDL", "FlyteAdmin"]),
        tests(
            of: "FlyteCommandLine",
            [
                "CommandLineParser", "EmbeddedFiles", "FlyteModel", "FlyteArchive", "FlyteServer",
                "FlyteAnalysis", "Tables", "FlyteAdmin", "FlyteHarvest", "FlyteReport", "FlyteBrowser",
                "Locking", "flightlog",
            ], snapshots: true),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x,
    cxxLanguageStandard: .cxx17
)
