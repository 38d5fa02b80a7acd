/// The colours of charts, as attributes: a page may be shown where style sheets are forbidden (a CI server, a mail), and
/// a shape without a colour is drawn black. A style sheet may give others, such as those of the dark.
///
/// They are Okabe and Ito's, which all kinds of colour vision can tell apart.
enum ChartColors {
    static let accent = "#0072b2"
    static let bad = "#b3420a"
    static let good = "#00734f"
    /// Of what is neither.
    static let plain = "#6b7280"
    /// Of what a drawing wants to be seen first, such as a critical path.
    static let marked = "#4d5560"

    private static let parts = [
        "#0072b2", "#e69f00", "#56b4e9", "#d55e00", "#cc79a7", "#009e73", "#f0e442", "#8a8f98",
    ]

    /// Of the part of a whole in this place.
    static func part(_ index: Int) -> String { parts[index % parts.count] }

    /// Of the line or the bars in this place: those first that can be told from paper, and from each other.
    static func series(_ index: Int) -> String {
        let places = [0, 3, 5, 4, 1, 2, 7]
        // The last has the colour of the text around it.
        return index % 8 < places.count ? parts[places[index % 8]] : "currentColor"
    }

    /// Lines are told apart by their dashes, too; nil for a whole line.
    static func dashes(_ index: Int) -> String? {
        [nil, "7 3", "2 3", "9 3 2 3", "12 4", "4 2", "1 4", "14 3 3 3 3 3"][index % 8]
    }
}
