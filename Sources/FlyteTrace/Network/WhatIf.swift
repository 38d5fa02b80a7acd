public import FlyteModel

/// How long an execution would have taken, had something not cost time.
///
/// The network stays as it is, with the engine's gaps and with what began side by side: what would have run earlier keeps
/// its length. Where it is not known how much of a node's time would have gone, the answer is two: with the least of it,
/// and with all.
public struct WhatIf: Hashable, Sendable {
    public enum Scenario: String, Hashable, Sendable, CaseIterable {
        /// Each attempt that came last would have been the first.
        case noRetries = "no_retries"
        /// What can be cached, and was not found, would have been found.
        case warmCache = "warm_cache"
        /// Each attempt would have started when it was created.
        case noQueue = "no_queue"
    }

    public var scenario: Scenario
    /// The wall time in nanoseconds, at least.
    public var low: Int64
    /// The wall time at most.
    public var high: Int64

    public init(scenario: Scenario, low: Int64, high: Int64) {
        (self.scenario, self.low, self.high) = (scenario, low, high)
    }

    /// Time that would be gone, in nanoseconds.
    public struct Saving: Hashable, Sendable {
        public var low: Int64
        public var high: Int64

        public init(low: Int64, high: Int64) { (self.low, self.high) = (low, high) }
    }

    /// The scenarios in which an execution that has ended could have taken less.
    ///
    /// - Parameter child: What a child execution would have taken less; nil when it is not known.
    public static func all(
        in tree: ExecutionTree, child: (ExecutionID, Scenario) -> Saving?
    ) -> [WhatIf] {
        let networks = ExecutionNetworks(of: tree)
        guard let top = networks.levels.first else { return [] }
        let wall = top.network.length(\.duration)
        let savings = Savings(tree, networks)
        return Scenario.allCases.compactMap { scenario in
            let (low, high) = savings.lengths(scenario, child)
            return low < wall ? WhatIf(scenario: scenario, low: low, high: high) : nil
        }
    }
}

/// What nodes would have taken less.
private struct Savings {
    private let tree: ExecutionTree
    private let networks: ExecutionNetworks
    /// What went into each node by itself.
    private var steps: [Int: [PathStep]] = [:]

    init(_ tree: ExecutionTree, _ networks: ExecutionNetworks) {
        (self.tree, self.networks) = (tree, networks)
        var path = CriticalPath(tree: tree, child: { _ in nil }, cursor: Timestamp(nanoseconds: 0))
        for level in networks.levels {
            let ends = level.network.ends(\.duration)
            for (place, activity) in level.network.activities.enumerated() {
                let end = level.start + ends[place]
                steps[activity.node] = path.ownSteps(
                    of: activity.node, from: end - activity.duration, to: end)
            }
        }
    }

    /// The wall time with all that could be gone, and with all that would surely be.
    func lengths(
        _ scenario: WhatIf.Scenario, _ child: (ExecutionID, WhatIf.Scenario) -> WhatIf.Saving?
    ) -> (low: Int64, high: Int64) {
        var (low, high): ([Int: Int64], [Int: Int64]) = ([:], [:])
        var whole: (low: Int64, high: Int64) = (0, 0)
        for level in networks.levels.reversed() {
            for activity in level.network.activities where low[activity.node] == nil {
                let saving = own(activity, scenario, child)
                low[activity.node] = max(0, activity.duration - saving.high)
                high[activity.node] = max(0, activity.duration - saving.low)
            }
            whole = (
                level.network.length { low[$0.node] ?? $0.duration },
                level.network.length { high[$0.node] ?? $0.duration }
            )
            guard let parent = level.parent else { continue }
            if scenario == .warmCache, isMiss(parent) {
                low[parent] = 0
                high[parent] = sum(parent, [.flyteOverhead])
                continue
            }
            // What came before its last run lies in the gaps before the first nodes of that.
            let saving = times(parent, scenario)
            low[parent] = max(0, whole.low - saving.high)
            high[parent] = max(0, whole.high - saving.low)
        }
        return whole
    }

    private func own(
        _ activity: ActivityNetwork.Activity, _ scenario: WhatIf.Scenario,
        _ child: (ExecutionID, WhatIf.Scenario) -> WhatIf.Saving?
    ) -> WhatIf.Saving {
        let index = activity.node
        let unknown = WhatIf.Saving(low: 0, high: activity.duration)
        if networks.unknown.contains(index) { return unknown }
        if tree.nodes[index].kind == .launchPlan {
            return tree.nodes[index].child.map { child($0, scenario) ?? unknown }
                ?? WhatIf.Saving(low: 0, high: 0)
        }
        if scenario == .warmCache {
            guard isMiss(index) else { return WhatIf.Saving(low: 0, high: 0) }
            return WhatIf.Saving(low: sum(index, [.userCode, .queue, .retry]), high: activity.duration)
        }
        return times(index, scenario)
    }

    /// Whether what a node does can be cached, and was done all the same.
    private func isMiss(_ index: Int) -> Bool {
        let status = tree.nodes[index].execution.cacheStatus
        return status != .disabled && status != .hit && !tree.nodes[index].isRecovered
    }

    private func times(_ index: Int, _ scenario: WhatIf.Scenario) -> WhatIf.Saving {
        switch scenario {
        case .noRetries:
            let retries = sum(index, [.retry])
            return WhatIf.Saving(low: retries, high: retries)
        case .noQueue:
            let waited = sum(index, [.queue])
            // Nobody saw it start: it may have waited nearly all of its time.
            let unseen = Set(
                tree.nodes[index].attempts.filter { $0.lifetime.startedAt == nil }.map(\.retryAttempt))
            let hidden = (steps[index] ?? []).reduce(Int64(0)) { sum, step in
                step.kind == .userCode && step.attempt.map(unseen.contains) == true
                    ? sum + step.duration : sum
            }
            return WhatIf.Saving(low: waited, high: waited + hidden)
        case .warmCache: return WhatIf.Saving(low: 0, high: 0)
        }
    }

    private func sum(_ index: Int, _ kinds: Set<PathClass>) -> Int64 {
        (steps[index] ?? []).reduce(0) { kinds.contains($1.kind) ? $0 + $1.duration : $0 }
    }
}
