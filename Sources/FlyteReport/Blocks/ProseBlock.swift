/// Sentences, each with its tone: a list where there are several.
public struct ProseBlock: Hashable, Sendable {
    public struct Sentence: Hashable, Sendable {
        public var text: String
        public var tone: Tone

        public init(_ text: String, _ tone: Tone = .plain) {
            self.text = text
            self.tone = tone
        }
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var sentences: [Sentence]
    /// How many people see at first; nil for all. The others are folded, and never left out.
    public var shown: Int?

    public init(key: String = "prose", _ sentences: [Sentence], shown: Int? = nil) {
        self.key = key
        self.sentences = sentences
        self.shown = shown
    }
}

extension ProseBlock {
    /// Those that people see at first, and those that they unfold. One more is not worth folding.
    var folded: (first: ArraySlice<Sentence>, rest: ArraySlice<Sentence>) {
        let count = shown.map { $0 + 1 < sentences.count ? $0 : sentences.count } ?? sentences.count
        return (sentences.prefix(count), sentences.dropFirst(count))
    }

    /// A row for each sentence.
    var figures: FigureTable {
        FigureTable(
            columns: [FigureColumn("", "text"), FigureColumn("", "tone")],
            rows: sentences.map { [.text($0.text), .text($0.tone.rawValue)] })
    }
}
