import FlyteAdmin
import FlyteHarvest
import Tables

extension HarvestRun {
    /// Harvests one source after the other; of several, one that fails does not keep the others from their turn.
    ///
    /// - Parameter stopCode: How a harvest exits that was asked to stop and did not fail; nil for as if it had not been.
    /// - Returns: The exit code, which is the worst.
    static func run(
        _ sources: [HarvestSource], into path: String, events: EventLines?, metricsFile: String?,
        metricsMode: FileMode?, readers: ArchiveAccess?, stop: StopFlag, stopCode: Int32?
    ) async throws -> Int32 {
        var code = ExitCode.done
        var harvested = 0
        var wasStopped = false
        for source in sources where harvested == 0 || !stop.isSet {
            harvested += 1
            do {
                let base = try source.flyte.base()
                let name = source.name(base: base)
                if sources.count > 1 { Terminal.say("\(name):") }
                let run = HarvestRun(
                    path: path, source: name, endpoint: base, options: source.options, events: events,
                    metricsFile: metricsFile.map { sources.count > 1 ? file($0, for: name) : $0 },
                    metricsMode: metricsMode, readers: readers)
                let summary = try await run.run(stop: stop) { try await source.client() }
                if summary.problems > 0, code == .done { code = .problems }
                if summary.wasStopped { wasStopped = true }
            } catch  where sources.count > 1 {
                Terminal.say("flightlog: \(source.name ?? "a source"): \(error)")
                if code == .done || code == .problems { code = ExitCode(of: error) }
            }
        }
        // Sources that did not have their turn any more were not harvested either.
        if wasStopped || harvested < sources.count, code == .done || code == .problems, let stopCode {
            return stopCode
        }
        return code.rawValue
    }

    /// A file of its own for each of several sources: `flightlog.prom` becomes `flightlog-NAME.prom`.
    private static func file(_ path: String, for source: String) -> String {
        let name = source.map { $0 == "/" || $0 == "." ? "_" : $0 }
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")),
            !path[dot...].utf8.contains(UInt8(ascii: "/"))
        else { return path + "-" + name }
        return path[..<dot] + "-" + name + path[dot...]
    }
}
