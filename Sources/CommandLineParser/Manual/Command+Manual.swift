extension Command {
    /// A page of the manual, as a file for `man`.
    public struct ManualPage: Sendable, Hashable {
        /// Such as `tool-harvest.1`.
        public var file: String
        /// In the macros of man(7).
        public var text: String
    }

    /// The tool's manual: a page for itself, one for each command, one for each topic (in section 7).
    ///
    /// - Parameters:
    ///   - date: Of the release, as `2026-01-31`.
    ///   - version: Stands at the foot of each page, with the tool's name.
    public func manual(date: String, version: String) -> [ManualPage] {
        let foot = ManualText.Foot(date: date, source: "\(name) \(version)")
        var pages = manualPages(path: [name], tool: self, foot)
        for topic in declaration.topics {
            var text = ManualText("\(name)-\(topic.name)", section: 7, foot)
            text.name("\(name)-\(topic.name)", summary: topic.summary)
            text.section("DESCRIPTION")
            text.prose(topic.prose)
            text.section("SEE ALSO")
            text.references([(name, 1)])
            pages.append(ManualPage(file: "\(name)-\(topic.name).7", text: text.text))
        }
        return pages
    }

    private func manualPages(path: [String], tool: Command, _ foot: ManualText.Foot) -> [ManualPage] {
        let title = path.joined(separator: "-")
        var text = ManualText(title, section: 1, foot)
        text.name(title, summary: summary)
        text.section("SYNOPSIS")
        text.synopsis(path.joined(separator: " "), subcommands.isEmpty ? usageWords : ["COMMAND", "…"])
        text.section("DESCRIPTION")
        text.paragraph(summary)
        for paragraph in declaration.details.split(separator: "\n") { text.paragraph(String(paragraph)) }
        text.definitions("COMMANDS", subcommands.map { ($0.name, $0.summary) })
        text.definitions("ARGUMENTS", declaration.items.filter(\.isArgument).map { ($0.name, $0.helpText) })
        text.definitions(
            "OPTIONS",
            declaration.items.filter { !$0.isArgument }.map { ($0.synopsis, $0.helpText) } + ownOptions)
        for section in declaration.sections { text.definitions(section.title.uppercased(), section.entries) }
        if !declaration.examples.isEmpty {
            text.section("EXAMPLES")
            for example in declaration.examples {
                text.code([example.line])
                if !example.explanation.isEmpty { text.paragraph(example.explanation) }
            }
        }
        text.section("SEE ALSO")
        var others = subcommands.map { ("\(title)-\($0.name)", 1) }
        if path.count == 1 {
            others += declaration.topics.map { ("\(title)-\($0.name)", 7) }
        } else {
            others = [(path.dropLast().joined(separator: "-"), 1)] + others
            others += tool.declaration.topics.filter { $0.name == name }.map {
                ("\(tool.name)-\($0.name)", 7)
            }
        }
        text.references(others)
        return [ManualPage(file: "\(title).1", text: text.text)]
            + subcommands.flatMap { $0.manualPages(path: path + [$0.name], tool: tool, foot) }
    }
}
