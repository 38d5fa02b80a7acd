public import Tables

/// How people read the columns of the archive's views and of the named questions, by their names, which are a contract:
/// `_at` is a time, `_s` seconds, `_ns` nanoseconds, `_bytes` bytes, `_rate` and `_share` parts of 1, `_id` an identifier.
///
/// The columns of anybody's SQL follow the same rules, since they have names of the same kind.
public enum ViewColumn {
    /// A reading for each column of an answer, in their order.
    public static func readings(_ columns: [Column]) -> [ColumnReading] {
        let names = Set(columns.map(\.name))
        return columns.map { column in
            // A name is what one asks for next; but where it has versions or a value it is one word among others.
            if column.name == "name", names.isDisjoint(with: ["version", "value_json", "rule"]) {
                return ColumnReading(.identifier, .required)
            }
            let meaning = meaning(column)
            // What a message says first is its label.
            if column.name == "message", names.contains("label") { return ColumnReading(meaning, .low) }
            return ColumnReading(meaning, importance(column.name, meaning))
        }
    }

    private static func meaning(_ column: Column) -> ColumnMeaning {
        let name = column.name
        if let known = meanings[name] { return known }
        for (suffix, meaning) in suffixes where name.hasSuffix(suffix) { return meaning }
        if name.hasPrefix("is_") || name.hasPrefix("had_") { return .flag }
        return column.kind == .integer || column.kind == .real ? .number : .sentence
    }

    private static func importance(_ name: String, _ meaning: ColumnMeaning) -> ColumnReading.Importance {
        if let known = importances[name] { return known }
        for suffix in ["_version", "_uri", "_url", "_map_id", "_low", "_high", "_node_id", "_principal"]
        where name.hasSuffix(suffix) {
            return suffix == "_low" || suffix == "_high" ? .low : .least
        }
        return .normal
    }

    private static let suffixes: [(String, ColumnMeaning)] = [
        ("_at", .time), ("_s", .seconds), ("_ns", .nanoseconds), ("_bytes", .bytes), ("_rate", .share),
        ("_share", .share), ("_rate_low", .share), ("_rate_high", .share), ("_s_low", .seconds),
        ("_s_high", .seconds), ("_id", .identifier), ("_execution", .identifier), ("_url", .identifier),
        ("_uri", .identifier), ("_version", .name), ("_name", .name), ("_class", .status),
        ("_status", .status),
    ]

    private static let meanings: [String: ColumnMeaning] = {
        var meanings: [String: ColumnMeaning] = [:]
        let known: [(ColumnMeaning, String)] = [
            (
                .identifier,
                """
                execution attempt node parent target week digest sha256 fingerprint token uri endpoint reference \
                signal_id pod external_id request_sha256 example
                """
            ),
            (
                .name,
                """
                source project domain workflow task launch_plan version principal cluster node_path key route image \
                archive schedule variable input definition name upstream downstream code error_code cause_code tasks
                """
            ),
            (
                .status,
                "phase state outcome class cause_class kind mode novelty verdict severity cache_status"
            ),
            (.time, "at complete_up_to"),
            (.seconds, "seconds seconds_low seconds_high"),
            (.bytes, "bytes bytes_in"),
            (.share, "share rate criticality rate_low rate_high aborted_low aborted_high"),
            (.flag, "archived on_path"),
        ]
        for (meaning, names) in known {
            for name in names.split(separator: " ") { meanings[String(name)] = meaning }
        }
        return meanings
    }()

    private static let importances: [String: ColumnReading.Importance] = {
        var importances: [String: ColumnReading.Importance] = [:]
        let known: [(ColumnReading.Importance, String)] = [
            (.required, "execution"),
            (
                .high,
                """
                node_id phase state outcome workflow task week class label answers message error error_message \
                cause_message failure_rate hit_rate share p50_s field value_json uri
                """
            ),
            (
                .low,
                "project domain cluster principal mode nesting archived kind error_kind cause_kind tool_version"
            ),
            (
                .least,
                """
                source version node_path fingerprint spec_node_id console_url launch_plan cause_execution \
                cause_attempt reference_execution queue_s digest sha256 archive
                """
            ),
        ]
        for (importance, names) in known {
            for name in names.split(separator: " ") { importances[String(name)] = importance }
        }
        return importances
    }()

    /// How a word of a status column looks: good, bad, or something to look at.
    public static func style(_ word: String) -> TerminalStyle? {
        switch word {
        case "SUCCEEDED", "done", "complete", "fresh", "gone", "CACHE_HIT": .good
        case "FAILED", "TIMED_OUT", "FAILING", "failed", "lost", "missing", "stale", "new", "returned": .bad
        case "ABORTED", "ABORTING", "problems", "stopped", "truncated", "too_large", "unreadable",
            "UNDEFINED":
            .attention
        default: nil
        }
    }
}
