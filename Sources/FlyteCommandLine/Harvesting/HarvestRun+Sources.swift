import FlyteAdmin
import FlyteHarvest

extension HarvestRun {
    /// Harvests one source after the other; of several, one that fails does not keep the others from their turn.
    /// The exit code is the worst.
    static func run(
        _ sources: [HarvestSource], into path: String, events: EventLines?, metricsFile: String?,
        readers: ArchiveAccess? = nil, stop: StopFlag
    ) async throws -> ExitCode {
        var code = ExitCode.done
        for (index, source) in sources.enumerated() where index == 0 || !stop.isSet {
            do {
                let client = try await source.client()
                let name = source.name(base: client.base)
                if sources.count > 1 { Terminal.say("\(name):") }
                let run = HarvestRun(
                    path: path, source: name, options: source.options, events: events,
                    metricsFile: metricsFile.map { sources.count > 1 ? file($0, for: name) : $0 },
                    readers: readers)
                let summary = try await run.run(client, stop: stop)
                if summary.problems > 0, code == .done { code = .problems }
            } catch  where sources.count > 1 {
                Terminal.say("flightlog: \(source.name ?? "a source"): \(error)")
                if code == .done || code == .problems { code = ExitCode(of: error) }
            }
        }
        return code
    }

    /// A file of its own for each of several sources: `flightlog.prom` becomes `flightlog-NAME.prom`.
    private static func file(_ path: String, for source: String) -> String {
        let name = source.map { $0 == "/" || $0 == "." ? "_" : $0 }
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return path + "-" + name }
        return path[..<dot] + "-" + name + path[dot...]
    }
}
