import FlyteAnalysis
import FlyteModel
import Tables

/// Attempts that failed, each error once in full.
extension ExecutionReport {
    /// An error, and where it was met.
    private struct Failure {
        var error: ExecutionError
        /// Without the names of pods: the next attempt says the same of another.
        var plain: String
        /// Nodes, each with its attempts, in the order in which they were met.
        var places: [(name: String, attempts: [Int])] = []
        var first: AttemptDetails?

        mutating func add(_ name: String, _ attempt: Int?) {
            let attempts = attempt.map { [$0] } ?? []
            if let place = places.firstIndex(where: { KeyBytes($0.name) == KeyBytes(name) }) {
                places[place].attempts += attempts
            } else {
                places.append((name, attempts))
            }
        }
    }

    private static let mostErrors = 12

    var failures: [Block] {
        let failed = attempts.filter { $0.attempt.hasFailed }
            .sorted {
                ($0.attempt.times.endedAt?.nanoseconds ?? .max)
                    < ($1.attempt.times.endedAt?.nanoseconds ?? .max)
            }
        let all = errors(failed)
        guard !failed.isEmpty || !all.isEmpty || details.error != nil else { return [] }
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    details.phase == .succeeded ? "What failed and was overcome" : "What failed",
                    id: "failures",
                    explanation: failed.isEmpty
                        ? ""
                        : "Attempts in the order in which they ended. Each error stands below once, in full.")
            )
        ]
        if !failed.isEmpty { blocks.append(.table(table(failed))) }
        blocks += all.prefix(Self.mostErrors).map { .code(code($0)) }
        if all.count > Self.mostErrors {
            blocks.append(
                .prose(
                    ProseBlock(
                        key: "more",
                        [
                            .init(
                                "\(HumanText.count(all.count - Self.mostErrors, "other error")): CSV and JSON have them."
                            )
                        ])))
        }
        // What the execution itself says repeats what was told, in the engine's words.
        if let error = details.error, !isTold(error, all) {
            blocks.append(
                .code(CodeBlock(key: "own_error", "The execution: \(Self.title(error))", error.message)))
        }
        let elements = failedElements(failed)
        if !elements.figures.rows.isEmpty { blocks.append(.table(elements)) }
        blocks.append(
            .receipts(
                ReceiptsBlock([
                    receipt(
                        "node_id, attempt, phase, ended_at, duration_s, pod, error_kind, error_code, error_message",
                        of: "v_task_execution", and: " AND phase IN ('FAILED', 'RETRYABLE_FAILED')",
                        by: "ended_at, node_id, attempt"),
                    receipt(
                        "error_kind, error_code, error_message, cause_class, cause_execution, cause_node_id, cause_attempt",
                        of: "v_execution"),
                ])))
        return blocks
    }

    private typealias Attempted = (execution: ExecutionDetails, node: NodeDetails, attempt: AttemptDetails)

    private func table(_ failed: [Attempted]) -> TableBlock {
        let origin = details.cause
        return TableBlock(
            columns: [
                FigureColumn("", "execution", for: .machines), FigureColumn("", "node_id", for: .machines),
                FigureColumn("Node", "", for: .people), FigureColumn("Attempt", "attempt", isNumber: true),
                FigureColumn("Status", "phase"), FigureColumn("Ended", "ended_at"),
                FigureColumn("Ran", "duration_s", isNumber: true), FigureColumn("Error", "error"),
                FigureColumn("Message", "message", for: .people),
                FigureColumn(
                    "Log", "log", for: failed.contains { !$0.attempt.logs.isEmpty } ? .all : .machines),
                FigureColumn("Pod", "pod"),
                FigureColumn("", "is_cause", isNumber: true, for: .machines),
            ],
            rows: failed.map { one, node, attempt in
                let isCause =
                    origin.map {
                        $0.execution == one.id && $0.attempt == attempt.number
                            && $0.nodeID.map { KeyBytes($0) } == KeyBytes(node.id)
                    } ?? false
                let place = one.id == details.id ? node.fullName : "\(node.fullName), \(details.name(one.id))"
                return [
                    .text(one.id.description), .text(node.id),
                    .text(isCause && details.phase != .succeeded ? "\(place): the cause" : place),
                    .count(attempt.number), .verdict(attempt.phase.rawValue, .bad),
                    time(attempt.times.endedAt),
                    Figure.duration(ifKnown: attempt.times.duration.map { Double($0) / 1e9 }),
                    attempt.error.map { .text(Self.title($0)) } ?? .none,
                    Figure.code(ifAny: attempt.error.map { WeeklyReport.firstLine($0.message) }),
                    attempt.logs.first.map { .link($0.name.isEmpty ? "log" : $0.name, to: $0.uri) } ?? .none,
                    Figure.code(ifAny: attempt.pod),
                    .count(isCause ? 1 : 0),
                ]
            }, shown: 20)
    }

    /// The kind and code of an error, as far as there are any.
    static func title(_ error: ExecutionError) -> String {
        if error.code.isEmpty { return "\(error.kind.rawValue), without a code" }
        return error.code.utf8.starts(with: error.kind.rawValue.utf8)
            ? error.code : "\(error.code) (\(error.kind.rawValue))"
    }

    private func errors(_ failed: [Attempted]) -> [Failure] {
        var all: [Failure] = []
        var numbers: [KeyBytes: Int] = [:]
        func add(_ error: ExecutionError, _ name: String, _ attempt: AttemptDetails?) {
            let plain = Self.plain(error.message, attempt?.pod)
            let key = KeyBytes("\(error.kind.rawValue)\u{0}\(error.code)\u{0}\(plain)")
            let number = numbers[key] ?? all.count
            if number == all.count {
                numbers[key] = number
                all.append(Failure(error: error, plain: plain, first: attempt))
            }
            all[number].add(name, attempt?.number)
        }
        for (one, node, attempt) in failed {
            guard let error = attempt.error else { continue }
            add(
                error, one.id == details.id ? node.fullName : "\(node.fullName) of \(details.name(one.id))",
                attempt)
        }
        // Nodes without attempts have errors, too; those of others repeat what their attempts or what is inside tell.
        for node in details.nodes where node.hasFailed && node.attempts.isEmpty {
            guard let error = node.error, !isTold(error, all) else { continue }
            add(error, node.fullName, nil)
        }
        return all
    }

    private static func plain(_ message: String, _ pod: String?) -> String {
        guard let pod, !pod.isEmpty else { return message }
        return message.replacingBytes(of: pod, with: "\u{0}")
    }

    /// Whether it ends with what was told already: the engine puts its own words before a message that it repeats.
    private func isTold(_ error: ExecutionError, _ all: [Failure]) -> Bool {
        let pods = details.causeAttempt.flatMap(\.pod)
        let plain = Self.plain(error.message, pods)
        return all.contains { failure in
            !failure.plain.isEmpty
                && [error.message, plain].contains {
                    $0.utf8.suffix(failure.plain.utf8.count).elementsEqual(failure.plain.utf8)
                }
        }
    }

    private func code(_ failure: Failure) -> CodeBlock {
        var title = failure.places.prefix(3).map { place in
            switch place.attempts.count {
            case 0: place.name
            case 1: "\(place.name), attempt \(place.attempts[0])"
            default:
                "\(place.name), attempts \(place.attempts.prefix(8).map(String.init).joined(separator: ", "))"
            }
        }.joined(separator: "; ")
        if failure.places.count > 3 {
            title += "; \(HumanText.count(failure.places.count - 3, "other node"))"
        }
        title += ": \(Self.title(failure.error))"
        var text = failure.error.message
        if text.isEmpty { text = "(no message)" }
        // What the engine told last may say what the message does not: that a pod was evicted. What it told before the
        // attempt began is over by then.
        if let attempt = failure.first, let last = attempt.reasons.last(where: { !$0.text.isEmpty }),
            attempt.times.startedAt.map({ start in last.at.map { $0 > start } ?? false }) ?? true,
            !failure.error.message.contains(last.text)
        {
            text += "\n\nThe engine's last words on it: \(last.text)"
        }
        return CodeBlock(key: "error", title, text)
    }

    private func failedElements(_ failed: [Attempted]) -> TableBlock {
        TableBlock(
            key: "failed_elements", "Elements of maps that failed",
            columns: [
                FigureColumn("Node", "node"), FigureColumn("Attempt", "attempt", isNumber: true),
                FigureColumn("Element", "element", isNumber: true), FigureColumn("Status", "phase"),
                FigureColumn("Tries", "tries", isNumber: true), FigureColumn("Message", "message"),
            ],
            rows: failed.flatMap { _, node, attempt in
                attempt.elements.filter(\.hasFailed).map { element -> [Figure] in
                    [
                        .text(node.fullName), .count(attempt.number), .count(element.index),
                        .verdict(element.phase, .bad), .count(element.tries.count),
                        Figure.code(ifAny: element.error.map(WeeklyReport.firstLine)),
                    ]
                }
            }, shown: 20, for: .people)
    }
}
