import FlyteAdmin
import FlyteHarvest
import FlyteModel
import Tables

/// What the rules would replace, as a table on standard output.
enum RedactionList {
    static func print(_ sources: [HarvestSource]) async throws -> ExitCode {
        var table = Table(
            columns: [
                "source", "project", "domain", "execution", "definition", "node_id", "attempt", "field",
                "name",
                "rule", "count",
            ].map { Column($0, ["attempt", "count"].contains($0) ? .integer : .text) })
        var code = ExitCode.done
        for source in sources {
            let client = try await source.client()
            let plan = try await HarvestPlan(source.options, client: client)
            let result = try await RedactionTrial(plan, client: client, options: source.options).run(at: .now)
            table.rows += result.findings.map { row($0, source: source.name(base: client.base)) }
            for error in result.errors {
                Terminal.say("flightlog: \(error)")
                code = .problems
            }
            Terminal.say(
                "\(result.findings.count) places in \(result.executions) executions of \(source.name(base: client.base)); nothing was written."
            )
        }
        let answer = OutputOptions.writer(
            Terminal.width == nil ? .csv : .table, to: nil, title: "What would be replaced")
        try answer.write(table)
        try answer.end()
        return code
    }

    private static func row(_ finding: RedactionTrial.Finding, source: String) -> [Cell] {
        let place = finding.redaction.place
        let subject: [Cell] =
            switch finding.subject {
            case .execution(let id): [.text(id.project), .text(id.domain), .text(id.name), .null]
            case .definition(let id):
                [
                    .text(id.project), .text(id.domain), .null,
                    .text("\(id.kind.rawValue) \(id.name) \(id.version)"),
                ]
            }
        return [.text(source)] + subject + [
            Cell(place.nodeID), place.attempt.map { .integer(Int64($0)) } ?? .null,
            .text(finding.redaction.field), Cell(finding.redaction.name),
            .text(finding.redaction.rule), .integer(Int64(finding.redaction.count)),
        ]
    }
}
