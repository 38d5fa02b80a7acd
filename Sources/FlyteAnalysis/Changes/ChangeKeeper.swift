public import FlyteArchive
import FlyteModel
import Tables

/// Looks through the histories of workflows and their nodes for changes, and keeps what it finds in the archive.
public struct ChangeKeeper {
    private let archive: Archive

    public init(_ archive: Archive) { self.archive = archive }

    /// Looks through those of which executions were written since the last time.
    ///
    /// - Returns: How many workflows that were.
    @discardableResult
    public func update() throws -> Int {
        let due = try archive.changesDue()
        for subject in due {
            let found = try find(in: subject)
            try archive.keep(found.changes, series: found.series, of: subject)
        }
        return due.count
    }

    /// Looks through all of them; those that are not as they were are written.
    ///
    /// - Returns: How many workflows that were.
    public func rebuild() throws -> Int {
        try update()
        var changed = 0
        for subject in try archive.changeSubjects() {
            let found = try find(in: subject)
            let kept = try archive.keptChanges(of: subject)
            guard kept.series != found.series || kept.changes != found.changes else { continue }
            try archive.keep(found.changes, series: found.series, of: subject)
            changed += 1
        }
        return changed
    }

    /// Tells of each workflow whose kept changes are not those of its executions. Changes nothing.
    public func findings() throws -> [Finding] {
        let due = Set(try archive.changesDue())
        var findings: [Finding] = []
        for subject in try archive.changeSubjects() where !due.contains(subject) {
            let found = try find(in: subject)
            let kept = try archive.keptChanges(of: subject)
            if kept.series != found.series || kept.changes != found.changes {
                findings.append(
                    Finding(
                        place: "change \(subject.workflow)", finding: "differs from the executions",
                        detail: "\(kept.changes.count) changes are kept, \(found.changes.count) are found"))
            }
        }
        return findings
    }

    private func find(
        in subject: ChangeSubject
    ) throws -> (series: [ChangeSeriesName: Int64], changes: [KeptChange]) {
        let history = try RunHistory(of: subject, in: archive)
        var changes: [KeptChange] = []
        for (name, points) in history.series {
            let values = points.map(\.value)
            let found =
                name.measure == .duration
                ? ChangePoints.ofMeasurements(values) : ChangePoints.ofOutcomes(values)
            for (place, point) in found.enumerated() {
                let start = place == 0 ? 0 : found[place - 1].index
                let end = place == found.count - 1 ? points.count : found[place + 1].index
                changes.append(
                    try change(
                        name, Array(points[start..<point.index]), Array(points[point.index..<end]), point))
            }
        }
        changes.sort {
            (KeyBytes($0.series.path), $0.series.measure.rawValue, $0.at)
                < (KeyBytes($1.series.path), $1.series.measure.rawValue, $1.at)
        }
        return (history.series.mapValues { Int64($0.count) }, changes)
    }

    private func change(
        _ name: ChangeSeriesName, _ before: [RunHistory.Point], _ after: [RunHistory.Point],
        _ point: ChangePoint
    ) throws -> KeptChange {
        let (old, new) = (before.map(\.value), after.map(\.value))
        let withWhat = try ChangeContext(archive).withWhat(
            before: before.map(\.execution), after: after.map(\.execution), path: name.path)
        var change = KeptChange(
            series: name, at: Timestamp(nanoseconds: after.first?.at ?? 0), before: 0, after: 0, low: 0,
            high: 0,
            p: point.p, withWhat: withWhat)
        switch name.measure {
        case .duration:
            change.before = Statistics.quantile(0.5, of: old) ?? 0
            change.after = Statistics.quantile(0.5, of: new) ?? 0
            // The shift is that of the runs next to it: pairs of thousands tell no more.
            let shift = RankComparison(Array(new.prefix(Self.pairs)), Array(old.suffix(Self.pairs)))?
                .shiftInterval
            (change.low, change.high) = (shift?.low ?? 0, shift?.high ?? 0)
        case .failureRate:
            func rate(_ values: [Double]) -> Proportion? {
                Proportion(values.count { $0 > 0 }, of: values.count)
            }
            if let first = rate(old), let second = rate(new) {
                let interval = second.differenceInterval(from: first)
                (change.before, change.after) = (first.estimate, second.estimate)
                (change.low, change.high) = (interval.low, interval.high)
            }
        }
        return change
    }

    private static let pairs = 200
}
