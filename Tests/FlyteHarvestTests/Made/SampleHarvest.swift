import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteServer
import TestSupport

/// Harvests of the sample installation over HTTP.
enum SampleHarvest {
    /// When the sample's history ends, and a moment at which nothing of it needs to be read again but what is open.
    static let end = Timestamp(nanoseconds: 1_772_625_600_000_000_000)
    static let later = end + 3_600_000_000_000

    static let sample = SampleInstallation(SampleInstallation.Options(end: end))

    /// A client that does not wait long.
    static func client(_ server: AdminServer) -> AdminClient {
        var options = AdminClient.Options()
        options.retry.firstDelay = 0.002
        options.retry.longestDelay = 0.02
        options.retry.triesAfterTimeout = 2
        options.retry.tries = 4
        var transport = CurlTransport.Options()
        transport.idleTimeout = 1
        return AdminClient(
            base: server.address, transport: CurlTransport(options: transport), options: options)
    }

    static func run(
        _ server: AdminServer, into path: String, options: HarvestOptions = HarvestOptions(),
        stop: StopFlag = StopFlag(),
        progress: @escaping @Sendable (HarvestProgress) -> Void = { _ in }
    ) async throws -> HarvestSummary {
        let client = client(server)
        let plan = try await HarvestPlan(options, client: client)
        return try await Harvester(
            plan, client: client, archive: try Archive(path: path, mode: .readWrite), source: "sample",
            toolVersion: "test",
            options: options, stop: stop, now: { later }
        ) { if case .progress(let state) = $0 { progress(state) } }.run()
    }

    static func dump(_ path: String) throws -> [String] {
        try ViewDump.lines(of: try Archive(path: path, mode: .readOnly))
    }
}
