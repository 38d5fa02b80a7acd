import FlyteTrace
import Tables

/// A step of a critical path, and the number of its node.
struct PathStepRow {
    let step: PathStep
    let node: Int?
}

extension ArchiveTable {
    static let pathStep = RowTable<PathStepRow>(
        "path_step",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "step": { place, _ in .integer(place.number) },
            "node": { _, row in Cell(row.node.map { Int64($0) }) },
            "attempt": { _, row in Cell(row.step.attempt) },
            "class_id": { place, row in try place.name(row.step.kind.rawValue) },
            "start_at": { _, row in Cell(row.step.start) },
            "duration_ns": { _, row in .integer(row.step.duration) },
        ])

    /// What a path sums up to, by class.
    static let wallTime = RowTable<(kind: PathClass, duration: Int64)>(
        "wall_time",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "class_id": { place, row in try place.name(row.kind.rawValue) },
            "duration_ns": { _, row in .integer(row.duration) },
        ])

    static let whatIf = RowTable<WhatIf>(
        "what_if",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "scenario_id": { place, row in try place.name(row.scenario.rawValue) },
            "low_ns": { _, row in .integer(row.low) },
            "high_ns": { _, row in .integer(row.high) },
        ])
}
