import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// A walk along data as a tree for people.
struct LineageText {
    private let walk: LineageWalk
    /// Addresses told of a step; a line each.
    private static let addressLimit = 5

    /// The terminal's columns; nil where there is none.
    private let width: Int?

    init(_ walk: LineageWalk, width: Int?) {
        self.walk = walk
        self.width = width
    }

    /// The lines; what came from Flyte is made visible by whoever writes them.
    var text: String {
        var lines: [String] = []
        switch walk.start {
        case .execution(let execution): lines += wrapped(Self.title(execution))
        case .address(let address): lines += wrapped(TerminalFormat.visible(address))
        }
        for direction in LineageWalk.Direction.allCases {
            let own = walk.steps.indices.filter { walk.steps[$0].direction == direction }
            guard !own.isEmpty else { continue }
            let isFromAddress = if case .address = walk.start { true } else { false }
            lines.append(
                direction == .up
                    ? isFromAddress ? "written by" : "read" : isFromAddress ? "read by" : "wrote")
            var children: [Int?: [Int]] = [:]
            for index in own { children[walk.steps[index].parent, default: []].append(index) }
            // The next one last, with what stands before it.
            var open = (children[nil] ?? []).enumerated().map {
                (index: $1, before: "", isLast: $0 == (children[nil]?.count ?? 0) - 1)
            }
            open.reverse()
            while let next = open.popLast() {
                let inner = next.before + (next.isLast ? "   " : "│  ")
                let below = children[next.index] ?? []
                lines += self.lines(
                    walk.steps[next.index], before: next.before + (next.isLast ? "└─ " : "├─ "),
                    inner + (below.isEmpty ? "   " : "│  "))
                for (place, child) in below.enumerated().reversed() {
                    open.append((child, inner, place == below.count - 1))
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func title(_ execution: LineageExecution) -> String {
        let time = execution.createdAt.map { ", \($0.secondText)" } ?? ""
        return TerminalFormat.visible(
            "\(execution.id)  \(execution.workflow ?? "unknown workflow"), \(execution.phase)\(time)")
    }

    private func lines(_ step: LineageWalk.Step, before: String, _ inner: String) -> [String] {
        var lines: [String] = []
        if let execution = step.execution {
            lines += wrapped(Self.title(execution) + Self.note(step.stop), before, inner)
        } else {
            lines += wrapped("from outside of the archive", before, inner)
        }
        for link in step.links.prefix(Self.addressLimit) {
            lines += wrapped(TerminalFormat.visible("\(link.name): \(link.address)"), inner, inner + "  ")
        }
        if step.links.count > Self.addressLimit {
            lines += wrapped("and \(step.links.count - Self.addressLimit) more", inner, inner)
        }
        return lines
    }

    private func wrapped(_ text: String, _ head: String = "", _ margin: String = "") -> [String] {
        WrappedText.lines(of: text, width: width, head: head, margin: margin)
    }

    private static func note(_ stop: LineageWalk.Stop?) -> String {
        switch stop {
        case .cycle: "  (a cycle: it is above)"
        case .followed: "  (followed elsewhere)"
        case .depth: "  (there is more: --depth)"
        case .size: "  (there is more: begin there)"
        case .outside, nil: ""
        }
    }
}
