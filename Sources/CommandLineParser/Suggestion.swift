/// Guesses what was meant by a word that nothing has for a name.
public enum Suggestion {
    /// ` Did you mean 'x'?`, or nothing when no candidate is near.
    public static func sentence(for word: String, among candidates: [String]) -> String {
        nearest(to: word, among: candidates).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// The candidate that differs in the fewest letters, if those are less than half of the word.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.count / 3)
        return candidates.map { (distance(word, $0), $0) }
            .filter { $0.0 <= limit || ($0.1.hasPrefix(word) && word.count > 2) }
            .min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
    }

    /// Insertions, deletions, replacements and swaps of neighbours that make one word of the other
    /// (Damerau-Levenshtein, optimal string alignment).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
        var rows = [Array(0...b.count)]
        for i in 1..<(a.count + 1) {
            var row = [i]
            for j in 1..<(b.count + 1) {
                var best = min(
                    rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
