import FlyteAdmin
import FlyteModel

extension TreeReader {
    /// A part of a capture, read on its own.
    struct Part: Sendable {
        var messages = CapturedMessages()
        var withheld: [Withheld] = []
        /// The errors of those withheld that may be had later.
        var failures: [AdminError] = []

        mutating func append(_ part: Part) {
            messages += part.messages
            withheld += part.withheld
            failures += part.failures
        }

        mutating func withhold(_ place: CapturePlace, _ field: String, _ error: AdminError) {
            withhold(place, field, error, error.captureState)
        }

        mutating func withhold(
            _ place: CapturePlace, _ field: String, _ error: AdminError, _ state: Withheld.State
        ) {
            withheld.append(Withheld(place: place, field: field, state: state, detail: error.description))
            // What was cut off here comes where the settings allow more.
            if state == .failed || error.kind == .tooLarge && error.status == nil { failures.append(error) }
        }

        /// Tells of a row of a list that was passed over, or of where the list was left.
        mutating func passOver(
            _ what: String, _ offset: Int, at place: CapturePlace, _ field: String, _ error: AdminError
        ) {
            let row = "\(what) \(offset + 1) of the list: \(error.message)"
            withheld.append(Withheld(place: place, field: field, state: error.captureState, detail: row))
            if error.kind == .endless || error.status == nil { failures.append(error) }
        }

        /// Tells of a row of a list that cannot be what was asked for.
        mutating func refuse(_ place: CapturePlace, _ field: String, _ detail: String) {
            withheld.append(Withheld(place: place, field: field, state: .unreadable, detail: detail))
        }
    }
}

extension TreeReader.Part {
    /// What lies behind an end that was enforced.
    init(endless place: CapturePlace, _ field: String, _ list: AdminList, _ words: String) {
        let error = AdminError(
            kind: .endless, route: list.name, message: "\(words), and what lies beyond is left")
        withhold(place, field, error, .truncated)
        failures.append(error)
    }
}
