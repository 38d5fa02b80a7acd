/// A heading with the blocks that follow it.
struct ReportSection {
    /// nil for what stands before the first heading.
    var heading: HeadingBlock?
    var blocks: [Block]
}

extension Report {
    /// Its blocks by their headings of this level; those of lower ones stay among the blocks.
    static func sections(_ blocks: [Block], by level: HeadingBlock.Level) -> [ReportSection] {
        var sections: [ReportSection] = []
        for block in blocks {
            if case .heading(let heading) = block, heading.level == level {
                sections.append(ReportSection(heading: heading, blocks: []))
            } else {
                if sections.isEmpty { sections.append(ReportSection(heading: nil, blocks: [])) }
                sections[sections.count - 1].blocks.append(block)
            }
        }
        return sections
    }

    var sections: [ReportSection] { Self.sections(blocks, by: .section) }
}
