/// Figures as a picture, on one scale that begins at zero; where there are no pictures, as the table that they are.
///
/// The first column names the places along the axis, in order; each other column is a line, or the bars of one
/// colour, under its title. Its figures are of one kind throughout the chart. An unknown one leaves a gap, and rates
/// are drawn with their intervals.
public struct ChartBlock: Hashable, Sendable {
    public enum Form: String, Hashable, Sendable {
        /// What changes from place to place, such as from week to week.
        case line
        /// What stands for itself at each place.
        case bars
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var title: String
    public var form: Form
    public var figures: FigureTable

    public init(
        key: String = "chart", _ title: String, _ form: Form, columns: [FigureColumn], rows: [[Figure]]
    ) {
        self.key = key
        self.title = title
        self.form = form
        figures = FigureTable(columns: columns, rows: rows)
    }
}
