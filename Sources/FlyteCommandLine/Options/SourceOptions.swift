import CommandLineParser
import FlyteAdmin
import FlyteModel

/// Which Flyte installation is asked, and how.
struct SourceOptions: Sendable {
    private let endpoint: Parameter<String?>
    private let config: Parameter<String?>
    private let name: Parameter<String?>
    private let jobs: Parameter<Int?>
    private let rate: Parameter<Double?>
    private let isInsecure: Parameter<Bool>

    init(_ declare: inout Declaration) {
        endpoint = declare.option(
            "endpoint", "URL",
            "Where the Admin API is: host, host:port, dns:///host, http://… or https://…. Default: that of the configuration."
        )
        config = declare.option(
            "config", "FILE", "Flyte's config.yaml. Default: $FLYTECTL_CONFIG, then ~/.flyte/config.yaml.")
        name = declare.option(
            "source", "NAME", "What the archive calls the installation. Default: the endpoint's host.")
        isInsecure = declare.flag("insecure", "Plain HTTP for an endpoint without a scheme.")
        jobs = declare.option("jobs", "N", "Requests in flight. Default: 16.", read: Self.positive)
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

    func jobs(_ input: Input) -> Int { input[jobs] ?? 16 }

    /// The installation's name in the archive.
    func source(_ input: Input, base: String) -> String {
        input[name] ?? base.split(separator: "/").last.map(String.init) ?? base
    }

    /// A client for the installation that the options and the configuration name.
    func client(_ input: Input, retry: RetryPolicy = RetryPolicy()) async throws -> AdminClient {
        var settings = try FlyteSettings.load(file: input[config], needsFile: input[endpoint] == nil)
        if let text = input[endpoint] { settings.endpoint = text }
        if input[isInsecure] { settings.isInsecure = true }
        var options = AdminClient.Options()
        options.jobs = jobs(input)
        options.rate = input[rate]
        options.retry = retry
        if settings.skipsVerification {
            Terminal.say(
                "flightlog: warning: 'insecureSkipVerify' is set; anyone between here and the server can read and change what is harvested."
            )
        }
        return try await settings.client(options: options, userAgent: "flightlog/\(flightlogVersion)")
    }
}
