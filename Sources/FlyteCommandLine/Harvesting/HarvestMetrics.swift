import FlyteArchive
import FlyteHarvest
import FlyteModel
import Glibc
import Tables

/// A harvest in Prometheus' text format, for node_exporter's textfile collector.
struct HarvestMetrics {
    var source: String
    var summary: HarvestSummary
    /// One of ``HarvestSummary/outcomes``.
    var outcome: String
    var endedAt: Timestamp

    /// - Parameter archive: nil when there is none yet, or it cannot be read.
    func text(_ archive: Archive?) throws -> String {
        let own = [("source", source)]
        var text = ""
        func metric(_ name: String, _ help: String, _ samples: [([(String, String)], Double?)]) {
            let known = samples.compactMap { labels, value in value.map { (own + labels, $0) } }
            guard !known.isEmpty else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
            for (labels, value) in known {
                let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
                text += "\(name){\(list)} \(Self.number(value))\n"
            }
        }
        metric(
            "flightlog_harvest_success",
            "Whether the last harvest came to its end, 1 or 0: it did not when it failed or was stopped.",
            [([], ["done", "problems"].contains(outcome) ? 1 : 0)])
        metric(
            "flightlog_harvest_outcome", "How the last harvest ended: 1 for that, 0 for the others.",
            HarvestSummary.outcomes.map { ([("outcome", $0)], $0 == outcome ? 1 : 0) })
        metric(
            "flightlog_harvest_end_timestamp_seconds", "When the last harvest ended, well or not.",
            [([], Self.seconds(endedAt))])
        metric(
            "flightlog_harvest_last_success_timestamp_seconds",
            "When a harvest last came to its end, be it with problems recorded; 0 when the archive knows of none.",
            // A metric that is not there would fire no alert.
            [([], try archive?.lastSuccess(of: source).map(Self.seconds) ?? 0)])
        metric(
            "flightlog_harvest_duration_seconds", "How long the last harvest took.", [([], summary.seconds)])
        metric(
            "flightlog_harvest_requests", "Requests of the last harvest, retries included.",
            [([], Double(summary.requests))])
        metric("flightlog_harvest_retries", "Retries of the last harvest.", [([], Double(summary.retries))])
        metric(
            "flightlog_harvest_received_bytes", "Bytes of answers to the last harvest.",
            [([], Double(summary.bytesIn))])
        metric(
            "flightlog_harvest_executions", "Executions of the last harvest, by what became of them.",
            [
                ([("result", "new")], Double(summary.new)),
                ([("result", "updated")], Double(summary.updated)),
                ([("result", "unchanged")], Double(summary.unchanged)),
                ([("result", "skipped")], Double(summary.skipped)),
                ([("result", "problem")], Double(summary.problems)),
            ])
        metric(
            "flightlog_problems_open", "Problems that no harvest has made good yet.",
            [([], try archive.map { Double(try $0.openProblems(of: source)) })])
        metric("flightlog_archive_bytes", "Size of the archive.", [([], archive.map { Double($0.fileSize) })])
        metric(
            "flightlog_watermark_age_seconds",
            "When this was written, how long ago the time was up to which the archive is complete.",
            try (archive?.watermarks(of: source) ?? []).map { mark in
                (
                    [("project", mark.project), ("domain", mark.domain)],
                    mark.time.map { Double(endedAt - $0) / 1e9 }
                )
            })
        return text
    }

    /// Label values are in quotes: a backslash, a quote and a line break are escaped.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? NumberText.fixed(value, 0) : NumberText.fixed(value, 3)
    }

    private static func seconds(_ time: Timestamp) -> Double { Double(time.nanoseconds / 1_000_000) / 1000 }
}
