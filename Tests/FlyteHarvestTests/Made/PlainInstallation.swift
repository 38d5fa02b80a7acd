import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteServer

/// Executions without nodes, an hour apart, in one project and domain.
struct PlainInstallation {
    static let start = Timestamp(nanoseconds: 1_770_000_000_000_000_000)
    static let hour: Int64 = 3_600_000_000_000

    let installation = StoredInstallation(domains: ["live"])
    let server: AdminServer

    init(count: Int) throws {
        installation.add(project: Message("admin.Project", ["id": "plain"]))
        for number in 0..<count { Self.add(number, to: installation) }
        var options = AdminServer.Options()
        options.keepsLog = true
        server = try AdminServer(installation, options: options)
    }

    static func id(_ number: Int) -> ExecutionID {
        ExecutionID(project: "plain", domain: "live", name: "e\(String(repeating: "0", count: 4))\(number)")
    }

    /// An execution, or another state of it that the server wrote at `updated`.
    ///
    /// - Parameter seconds: When it was made, since 1970; nil for its place among the others.
    static func add(
        _ number: Int, to installation: StoredInstallation, phase: String = "SUCCEEDED",
        updated: Timestamp? = nil, createdAt seconds: Int64? = nil
    ) {
        let id = id(number)
        let created = seconds.map { Timestamp(seconds: $0, nanos: 0) } ?? start + Int64(number) * hour
        func time(_ time: Timestamp) -> Value {
            ["seconds": .int64(seconds ?? time.nanoseconds / 1_000_000_000)]
        }
        installation.add(
            execution: Message(
                "admin.Execution",
                [
                    "id": [
                        "project": .string(id.project), "domain": .string(id.domain),
                        "name": .string(id.name),
                    ],
                    "spec": ["metadata": ["mode": "MANUAL"]],
                    "closure": [
                        "phase": .string(phase), "created_at": time(created),
                        "updated_at": time(updated ?? created),
                    ],
                ]), columns: HiddenColumns(updatedAt: updated ?? created))
    }

    /// - Parameter stoppingAfter: So many executions are done.
    func harvest(
        into path: String, _ options: HarvestOptions = HarvestOptions(), stoppingAfter limit: Int? = nil
    ) async throws -> HarvestSummary {
        let stop = StopFlag()
        return try await SampleHarvest.run(server, into: path, options: options, stop: stop) { progress in
            if let limit, progress.done >= limit { stop.set() }
        }
    }

    /// The names of the executions that were read whole since the log was last looked at, in order.
    func readNames(from first: Int) -> [String] {
        server.log.dropFirst(first).compactMap { line in
            let parts = line.request.path.split(separator: "/")
            return parts.count == 6 && parts[2] == "executions" ? String(parts[5]) : nil
        }
    }
}
