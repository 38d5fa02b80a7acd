import CommandLineParser

/// What CSV does with texts that a spreadsheet would take for formulas.
enum FormulaHandling: String, Sendable, CaseIterable {
    /// Texts are what they are, for programs.
    case keep
    /// They get an apostrophe before them, for people.
    case defuse

    init(_ word: String?, default handling: FormulaHandling) {
        self = word.flatMap(FormulaHandling.init(rawValue:)) ?? handling
    }
}

extension Declaration {
    mutating func formulaOption(default handling: FormulaHandling) -> Parameter<String?> {
        option(
            "formulas", "WHAT",
            "Of CSV: keeps texts that a spreadsheet would take for formulas, or defuses them by an apostrophe. Default: \(handling.rawValue).",
            choices: FormulaHandling.allCases.map(\.rawValue))
    }
}
