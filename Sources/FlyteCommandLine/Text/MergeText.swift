import FlyteArchive

/// What a merge did, in sentences.
enum MergeText {
    static func sentence(_ summary: MergeSummary, from other: String, to path: String) -> String {
        let same = count(summary.unchanged + summary.older, "execution")
        var text =
            summary.changedNothing
            ? "Nothing new: '\(path)' has all of '\(other)' already (\(same))."
            : """
            From '\(other)' into '\(path)': \(count(summary.new, "new execution")), \(summary.updated) seen later there, \
            \(same) as good here; \(count(summary.definitions, "new definition")), \
            \(count(summary.journal, "row")) of the journal.
            """
        if summary.prices > 0 { text += " \(count(summary.prices, "price")) came along." }
        if summary.contradictingPrices > 0 {
            text +=
                " \(count(summary.contradictingPrices, "price")) of '\(other)' stayed away, as the prices here say something else of the same place and time."
        }
        if summary.forgotten > 0 {
            text += " \(count(summary.forgotten, "execution")) stayed away, as they were forgotten here."
        }
        if summary.forgottenThere > 0 {
            text +=
                " \(count(summary.forgottenThere, "execution")) here were forgotten in '\(other)'; 'flightlog forget' erases them here too."
        }
        if !summary.damaged.isEmpty {
            text +=
                " \(count(summary.damaged.count, "piece")) of '\(other)' could not be read and stayed behind:"
        }
        return text
    }

    static func count(_ number: Int, _ thing: String) -> String {
        "\(number) \(thing)\(number == 1 ? "" : "s")"
    }
}
