import FlyteAdmin
import FlyteHarvest

/// One Flyte installation of the settings.
struct SourceSettings: Sendable {
    var value: SettingsValue
    var name: String
    var flyte = FlyteSettings()
    var harvest = HarvestOptions()
    /// Requests a second; nil for no limit.
    var rate: Double?

    static let keys = [
        "name", "endpoint", "flyte-config", "rest", "console", "insecure", "insecure-skip-verify", "ca-file",
        "proxy",
        "auth", "headers", "projects", "domains", "jobs", "rate", "grace", "overlap", "execution-timeout",
        "largest-answer", "largest-object", "store-hosts", "server-spans", "skip",
    ]

    init(_ value: SettingsValue) throws {
        self.value = value
        let members = try value.members(of: "a source", Self.keys)
        guard let name = members["name"] else { throw value.failure("A source needs a 'name'.") }
        self.name = try name.text("'name'")
        let config = try members["flyte-config"]?.path("'flyte-config'", mustExist: true)
        do {
            flyte = try FlyteSettings.load(file: config, needsFile: false)
        } catch {
            throw (members["flyte-config"] ?? value).failure("\(error)")
        }
        try readAddress(members)
        if let auth = members["auth"] { try AuthSettings.read(auth, into: &flyte) }
        if let headers = members["headers"] { flyte.headers = try Self.headers(headers) }
        try readHarvest(members)
    }

    private mutating func readAddress(_ members: [String: SettingsValue]) throws {
        if let endpoint = members["endpoint"] { flyte.endpoint = try endpoint.text("'endpoint'") }
        if let rest = members["rest"] { flyte.restBase = try rest.text("'rest'") }
        if let flag = members["insecure"] { flyte.isInsecure = try flag.flag("'insecure'") }
        if let flag = members["insecure-skip-verify"] {
            flyte.skipsVerification = try flag.flag("'insecure-skip-verify'")
        }
        if let file = members["ca-file"] { flyte.caFile = try file.path("'ca-file'", mustExist: true) }
        if let proxy = members["proxy"] { flyte.proxy = try proxy.text("'proxy'") }
        guard flyte.endpoint != nil || flyte.restBase != nil else {
            throw value.failure(
                "The source '\(name)' needs an 'endpoint', or a 'flyte-config' that names one.")
        }
        do {
            _ = try flyte.base()
        } catch {
            throw (members["rest"] ?? members["endpoint"] ?? value).failure("\(error)")
        }
    }

    private mutating func readHarvest(_ members: [String: SettingsValue]) throws {
        harvest.projects = try members["projects"]?.texts("'projects'")
        harvest.domains = try members["domains"]?.texts("'domains'")
        if let jobs = members["jobs"] { harvest.jobs = try jobs.integer("'jobs'", 1...1000) }
        rate = try members["rate"]?.positiveNumber("'rate'")
        if let grace = members["grace"] { harvest.grace = try grace.duration("'grace'") }
        if let overlap = members["overlap"] { harvest.overlap = try overlap.duration("'overlap'") }
        if let limit = members["execution-timeout"] {
            harvest.executionTimeout = Int(try limit.duration("'execution-timeout'") / 1_000_000_000)
            guard harvest.executionTimeout > 0 else {
                throw limit.failure("'execution-timeout' is a time above 0, such as 2h.")
            }
        }
        flyte.largestAnswer = try members["largest-answer"]?.bytes("'largest-answer'")
        flyte.largestObject = try members["largest-object"]?.bytes("'largest-object'")
        if let hosts = members["store-hosts"] { flyte.storeHosts = try hosts.texts("'store-hosts'") }
        if let spans = members["server-spans"] {
            harvest.serverSpans = try spans.choice("'server-spans'", HarvestOptions.ServerSpans.self)
        }
        harvest.console = try members["console"]?.text("'console'") ?? flyte.console
        while harvest.console?.hasSuffix("/") == true { harvest.console?.removeLast() }
        if let skip = members["skip"] {
            harvest.skips = Set(
                try skip.elements(of: "the parts to skip").map {
                    try $0.choice("A part to skip", HarvestOptions.Part.self)
                })
        }
    }

    /// Values are texts, or come from a file or a variable, so that secrets need not stand in the settings.
    private static func headers(_ value: SettingsValue) throws -> [HTTPHeader] {
        try value.pairs(of: "the headers").map { name, value in
            guard HTTPHeader.isName(name) else { throw value.failure("'\(name)' is no name of a header.") }
            let text: String
            if value.yaml.text != nil {
                text = try value.text("a header's value")
            } else {
                let members = try value.members(of: "a header's value", ["file", "variable"])
                text = try AuthSettings.secret(members["file"], members["variable"], value)
            }
            guard HTTPHeader.isValue(text) else {
                throw value.failure("The value of the header '\(name)' is more than one line.")
            }
            return HTTPHeader(name, text)
        }
    }
}
