import FlyteModel

/// Writes down in a capture what was replaced: each replacement, and as withheld each place and field with the rules
/// that found something there.
struct RedactionLedger {
    /// The gaps that were added, by their places and fields.
    private var index = TextIndex()

    /// - Parameter message: The message that it was replaced in; nil when it was none.
    mutating func add(
        _ redaction: Redaction, of message: KeptMessage?, to capture: inout ExecutionCapture
    ) {
        let gap = Withheld(
            place: redaction.place, field: redaction.field, state: .redacted, detail: redaction.rule)
        if let message {
            capture.redactions.append(redaction, of: message)
        } else {
            capture.redactions.append(redaction)
        }
        if let known = index.find(Self.text(of: gap), textOf: { Self.text(of: capture.withheld[$0]) }) {
            let names = capture.withheld[known].detail.split(separator: " ")
            guard !names.contains(Substring(redaction.rule)) else { return }
            capture.withheld[known].detail += " \(redaction.rule)"
            return
        }
        if let message { capture.withheld.append(gap, of: message) } else { capture.withheld.append(gap) }
        index.add(capture.withheld.count - 1) { Self.text(of: capture.withheld[$0]) }
    }

    private static func text(of gap: Withheld) -> String {
        let place = gap.place
        let attempt = place.attempt.map { String($0) }
        return [place.nodeID, attempt, place.task?.description, gap.field].map { $0.map { "=" + $0 } ?? "" }
            .joined(separator: "\0")
    }
}
