import CommandLineParser
import FlyteAdmin
import FlyteHarvest
import FlyteModel

/// Which Flyte installation is asked, and how.
struct SourceOptions: Sendable {
    private let endpoint: Parameter<String?>
    private let config: Parameter<String?>
    private let name: Parameter<String?>
    private let jobs: Parameter<Int?>
    private let rate: Parameter<Double?>
    private let timeout: Parameter<Int?>
    private let isInsecure: Parameter<Bool>
    private let rest: Parameter<String?>
    private let settings: Parameter<String?>

    init(_ declare: inout Declaration) {
        endpoint = declare.option(
            "endpoint", "URL",
            "Where the Admin API is: host, host:port, dns:///host, http://… or https://…. Default: that of the configuration."
        )
        settings = declare.option(
            "settings", "FILE",
            "Flightlog's own settings. Default: $FLIGHTLOG_SETTINGS, then ~/.config/flightlog/flightlog.yaml."
        )
        rest = declare.option(
            "rest", "URL",
            "Where the REST API is, when the endpoint serves only gRPC: http://… or https://…, without a path."
        )
        config = declare.option(
            "config", "FILE", "Flyte's config.yaml. Default: $FLYTECTL_CONFIG, then ~/.flyte/config.yaml.")
        name = declare.option(
            "source", "NAME",
            "What the archive calls the installation, and which source of the settings is meant. Default: the endpoint's host, and all sources."
        )
        isInsecure = declare.flag("insecure", "Plain HTTP for an endpoint without a scheme.")
        jobs = declare.option("jobs", "N", "Requests in flight. Default: 16.", read: Self.positive)
        timeout = declare.option(
            "timeout", "S",
            "Seconds without a byte, after which a request is given up. Default: 60, and 10 for a connection.",
            read: Self.positive)
        rate = declare.option("rate", "R", "Requests a second at most. Default: no limit.") {
            text throws(UsageError) in
            guard let rate = Double(text), rate > 0, rate.isFinite else {
                throw UsageError("'\(text)' is no number of requests a second.")
            }
            return rate
        }
    }

    private static func positive(_ text: String) throws(UsageError) -> Int {
        guard let number = Int(text), (1...1000).contains(number) else {
            throw UsageError("'\(text)' is no number from 1 to 1000.")
        }
        return number
    }

    /// The installations that the command line names, else those of the settings, else the one of Flyte's own
    /// configuration.
    func sources(_ input: Input, _ settings: FlightlogSettings) throws -> [HarvestSource] {
        let isNamed = input[endpoint] != nil || input[config] != nil || input[rest] != nil
        var sources: [HarvestSource]
        if isNamed || settings.sources.isEmpty {
            let hasOthers = !isNamed && settings.file != nil
            let flyte = try flyteSettings(input, needsEndpoint: !hasOthers)
            if !isNamed, flyte.endpoint == nil, let file = settings.file {
                throw Failure(
                    "'\(file)' has no sources, so there is nothing to ask: list installations under 'sources:', each with 'name' and 'endpoint'; or pass --endpoint."
                )
            }
            sources = [HarvestSource(name: input[name], flyte: flyte)]
        } else {
            sources = try settings.sources(named: input[name]).map { HarvestSource($0) }
        }
        for index in sources.indices {
            if input[isInsecure] { sources[index].flyte.isInsecure = true }
            if let jobs = input[jobs] { sources[index].options.jobs = jobs }
            sources[index].rate = input[rate] ?? sources[index].rate
            sources[index].timeout = input[timeout]
        }
        return sources
    }

    /// A client for the one installation that is meant.
    func client(_ input: Input, retry: RetryPolicy = RetryPolicy()) async throws -> AdminClient {
        let sources = try sources(input, try settings(input))
        guard let source = sources.first, sources.count == 1 else {
            throw UsageError("The settings have several sources; name one with --source.")
        }
        return try await source.client(retry: retry)
    }

    /// Flightlog's own settings.
    func settings(_ input: Input) throws -> FlightlogSettings {
        try FlightlogSettings.load(option: input[settings])
    }

    /// - Parameter needsEndpoint: Whether nothing else says where an installation is.
    private func flyteSettings(_ input: Input, needsEndpoint: Bool) throws -> FlyteSettings {
        var settings = try FlyteSettings.load(
            file: input[config], needsFile: needsEndpoint && input[endpoint] == nil && input[rest] == nil)
        if let text = input[endpoint] { settings.endpoint = text }
        if let text = input[rest] { settings.restBase = text }
        return settings
    }
}

/// An installation to be harvested.
struct HarvestSource: Sendable {
    /// What the archive calls it; nil for the endpoint's host.
    var name: String?
    var flyte: FlyteSettings
    var options = HarvestOptions()
    /// Requests a second; nil for no limit.
    var rate: Double?
    /// Seconds without a byte, after which a request is given up; nil for the usual.
    var timeout: Int?

    init(name: String?, flyte: FlyteSettings) {
        self.name = name
        self.flyte = flyte
        options.console = flyte.console
    }

    init(_ settings: SourceSettings) {
        name = settings.name
        flyte = settings.flyte
        options = settings.harvest
        rate = settings.rate
    }

    func name(base: String) -> String { name ?? base.split(separator: "/").last.map(String.init) ?? base }

    /// A client for the installation.
    func client(retry: RetryPolicy = RetryPolicy()) async throws -> AdminClient {
        var client = AdminClient.Options()
        client.retry = retry
        client.jobs = options.jobs
        client.rate = rate
        if let file = flyte.secretFile { AuthSettings.warn(of: file) }
        if flyte.skipsVerification {
            Terminal.say(
                "flightlog: warning: 'insecureSkipVerify' is set; anyone between here and the server can read and change what is harvested."
            )
        }
        return try await flyte.client(
            options: client, userAgent: "flightlog/\(flightlogVersion)", timeout: timeout,
            prompt: Terminal.logInPrompt)
    }
}
