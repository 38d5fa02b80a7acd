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

    public init(key: String = "prose", _ sentences: [Sentence]) {
        self.key = key
        self.sentences = sentences
    }
}

extension ProseBlock {
    /// A row for each sentence.
    var figures: FigureTable {
        FigureTable(
            columns: [FigureColumn("", "text"), FigureColumn("", "tone")],
            rows: sentences.map { [.text($0.text), .text($0.tone.rawValue)] })
    }
}
