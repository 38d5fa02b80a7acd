public import FlyteArchive
import FlyteModel
public import Tables

/// Where data came from and where it went, as a tree from one execution, or one address, up and down.
///
/// Each execution is followed once, where the walk met it first; depth and size are bounded. Wherever it does not go on
/// though there is more, the step says why.
public struct LineageWalk: Sendable {
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        /// To who wrote what was read.
        case up
        /// To who read what was written.
        case down
    }

    /// Why the walk does not go on from a step.
    public enum Stop: String, Hashable, Sendable, CaseIterable {
        /// Nobody in the archive wrote it.
        case outside
        /// It is above itself.
        case cycle
        /// It is followed elsewhere in the tree.
        case followed
        /// As deep as was asked for, and there is more.
        case depth
        /// As many executions as a walk follows.
        case size
    }

    /// An execution that the walk came to, by one or several addresses.
    public struct Step: Hashable, Sendable {
        public var direction: Direction
        /// 1 for what is next to the beginning.
        public var depth: Int
        /// The step that it hangs on: an index into ``LineageWalk/steps``; nil for the beginning.
        public var parent: Int?
        /// nil for what came from outside.
        public var execution: LineageExecution?
        public var links: [LineageLink]
        public var stop: Stop?
    }

    public enum Start: Hashable, Sendable {
        case execution(LineageExecution)
        /// As stores tell it apart.
        case address(String)
    }

    public let start: Start
    public private(set) var steps: [Step] = []
    /// Whether some of it was left out, by depth or size.
    public var isCut: Bool { steps.contains { $0.stop == .depth || $0.stop == .size } }

    /// More executions than anyone reads.
    public static let sizeLimit = 2_000

    /// - Parameter depth: How many executions lie between the beginning and the farthest one, and that one.
    public init(
        from start: Start, _ directions: [Direction], depth: Int, in archive: Archive,
        sizeLimit: Int = sizeLimit
    ) throws(ArchiveError) {
        self.start = start
        for direction in directions {
            var walker = Walker(archive: archive, direction: direction, depth: depth, sizeLimit: sizeLimit)
            try walker.walk(from: start)
            let offset = steps.count
            steps += walker.steps.map { step in
                var step = step
                step.parent = step.parent.map { $0 + offset }
                return step
            }
        }
    }

    // MARK: As a table

    /// A row an address of a step, in the order of the tree.
    public var table: Table {
        var table = Table(columns: [
            Column("direction"), Column("depth", .integer), Column("source"), Column("project"),
            Column("domain"),
            Column("execution"), Column("workflow"), Column("phase"), Column("uri"), Column("name"),
            Column("kind"),
            Column("at"), Column("via_execution"), Column("stop"),
        ])
        for step in steps {
            let via: LineageExecution? =
                if let parent = step.parent {
                    steps[parent].execution
                } else if case .execution(let own) = start { own } else { nil }
            let own = step.execution
            for link in step.links {
                table.rows.append([
                    .text(step.direction.rawValue), .integer(Int64(step.depth)), Cell(own?.source),
                    Cell(own?.id.project), Cell(own?.id.domain), Cell(own?.id.name),
                    Cell(own?.workflow),
                    Cell(own?.phase), .text(link.address), .text(link.name), .text(link.kind),
                    Cell(link.at?.microsecondText), Cell(via.map { "\($0.id)" }),
                    Cell(step.stop?.rawValue),
                ])
            }
        }
        return table
    }
}

/// Goes one way, level by level of depth first.
private struct Walker {
    let archive: Archive
    let direction: LineageWalk.Direction
    let depth: Int
    let sizeLimit: Int
    var steps: [LineageWalk.Step] = []
    private var followed: Set<Int64> = []

    init(archive: Archive, direction: LineageWalk.Direction, depth: Int, sizeLimit: Int) {
        (self.archive, self.direction, self.depth, self.sizeLimit) = (archive, direction, depth, sizeLimit)
    }

    /// What is yet to be told, the next one last: no recursion, so that no chain is too long.
    private struct Open {
        var links: [LineageLink]
        var execution: LineageExecution?
        var depth: Int
        var parent: Int?
    }

    mutating func walk(from start: LineageWalk.Start) throws(ArchiveError) {
        var open: [Open]
        switch start {
        case .execution(let execution):
            followed.insert(execution.row)
            open = grouped(try links(of: execution.row), depth: 1, parent: nil)
        case .address(let address):
            open = grouped(try archive.uses(of: address, isWrite: direction == .up), depth: 1, parent: nil)
        }
        let origin: Int64? = if case .execution(let execution) = start { execution.row } else { nil }
        while let next = open.popLast() {
            var step = LineageWalk.Step(
                direction: direction, depth: next.depth, parent: next.parent, execution: next.execution,
                links: next.links)
            guard let execution = next.execution else {
                step.stop = .outside
                steps.append(step)
                continue
            }
            if isAbove(execution.row, next.parent, origin) {
                step.stop = .cycle
            } else if followed.contains(execution.row) {
                step.stop = .followed
            } else {
                let further = try links(of: execution.row)
                if !further.isEmpty {
                    if next.depth >= depth {
                        step.stop = .depth
                    } else if followed.count >= sizeLimit {
                        step.stop = .size
                    } else {
                        followed.insert(execution.row)
                        open += grouped(further, depth: next.depth + 1, parent: steps.count)
                    }
                }
            }
            steps.append(step)
        }
    }

    private func links(of execution: Int64) throws(ArchiveError) -> [LineageLink] {
        direction == .up
            ? try archive.writers(ofReadsBy: execution) : try archive.readers(ofWritesBy: execution)
    }

    private func isAbove(_ row: Int64, _ parent: Int?, _ origin: Int64?) -> Bool {
        var next = parent
        while let index = next {
            if steps[index].execution?.row == row { return true }
            next = steps[index].parent
        }
        return row == origin
    }

    /// One for each execution, in the order of their first links; those of none each alone. The first one comes last.
    private func grouped(_ links: [LineageLink], depth: Int, parent: Int?) -> [Open] {
        var groups: [Open] = []
        var places: [Int64?: Int] = [:]
        for link in links {
            let row = link.execution?.row
            if let place = places[row] {
                groups[place].links.append(link)
            } else {
                places[row] = groups.count
                groups.append(Open(links: [link], execution: link.execution, depth: depth, parent: parent))
            }
        }
        return groups.reversed()
    }
}
