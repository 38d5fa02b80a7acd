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
        in networks: ExecutionNetworks, child: (ExecutionID, Scenario) -> Saving?
    ) -> [WhatIf] {
        guard let top = networks.levels.first else { return [] }
        let wall = top.network.length(\.duration)
        let savings = Savings(networks)
        return Scenario.allCases.compactMap { scenario in
            guard let (low, high) = savings.lengths(scenario, child) else { return nil }
            return low < wall ? WhatIf(scenario: scenario, low: low, high: high) : nil
        }
    }
}

/// What nodes would have taken less.
private struct Savings {
    /// What went into a node by itself, in nanoseconds.
    struct OwnTime {
        var retry: Int64 = 0
        var queue: Int64 = 0
        var overhead: Int64 = 0
        var userCode: Int64 = 0
        /// Of its user code that which nobody saw start: it may have waited nearly all of that time.
        var unseen: Int64 = 0
    }

    private let networks: ExecutionNetworks
    /// By the node's place in the tree.
    private var own: [OwnTime]

    private var tree: ExecutionTree { networks.tree }

    init(_ networks: ExecutionNetworks) {
        self.networks = networks
        let tree = networks.tree
        own = Array(repeating: OwnTime(), count: tree.nodes.count)
        var path = CriticalPath(tree: tree, child: { _ in nil }, cursor: Timestamp(nanoseconds: 0))
        for level in networks.levels {
            let ends = level.network.ends(\.duration)
            for (place, activity) in level.network.activities.enumerated() {
                let end = level.start + ends[place]
                let steps = path.ownSteps(of: activity.node, from: end - activity.duration, to: end)
                own[activity.node] = Self.sum(steps, of: tree.nodes[activity.node])
            }
        }
    }

    private static func sum(_ steps: [PathStep], of node: ExecutionTree.Node) -> OwnTime {
        var time = OwnTime()
        for step in steps {
            switch step.kind {
            case .retry: time.retry += step.duration
            case .queue: time.queue += step.duration
            case .flyteOverhead: time.overhead += step.duration
            case .userCode:
                time.userCode += step.duration
                let attempt = node.attempts.first { $0.retryAttempt == step.attempt }
                if let attempt, attempt.lifetime.startedAt == nil { time.unseen += step.duration }
            case .humanWait, .cache, .child, .unexplained: break
            }
        }
        return time
    }

    /// The wall time with all that could be gone, and with all that would surely be; nil where nothing could.
    func lengths(
        _ scenario: WhatIf.Scenario, _ child: (ExecutionID, WhatIf.Scenario) -> WhatIf.Saving?
    ) -> (low: Int64, high: Int64)? {
        let isPossible = networks.levels.contains { level in
            level.parent.map { isMiss($0) || times($0, scenario).high > 0 } == true
                || level.network.activities.contains { saving($0, scenario, child).high > 0 }
        }
        guard isPossible else { return nil }
        // By the node's place in the tree; nil until it is known.
        var left: [(low: Int64, high: Int64)?] = Array(repeating: nil, count: tree.nodes.count)
        var whole: (low: Int64, high: Int64) = (0, 0)
        for level in networks.levels.reversed() {
            for activity in level.network.activities where left[activity.node] == nil {
                let saving = saving(activity, scenario, child)
                left[activity.node] = (
                    max(0, activity.duration - saving.high), max(0, activity.duration - saving.low)
                )
            }
            whole = (
                level.network.length { left[$0.node]?.low ?? $0.duration },
                level.network.length { left[$0.node]?.high ?? $0.duration }
            )
            guard let parent = level.parent else { continue }
            if scenario == .warmCache, isMiss(parent) {
                left[parent] = (0, own[parent].overhead)
                continue
            }
            // What came before its last run lies in the gaps before the first nodes of that.
            let saving = times(parent, scenario)
            left[parent] = (max(0, whole.low - saving.high), max(0, whole.high - saving.low))
        }
        return whole
    }

    private func saving(
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
            return WhatIf.Saving(
                low: own[index].userCode + own[index].queue + own[index].retry, high: activity.duration)
        }
        return times(index, scenario)
    }

    /// Whether what a node does can be cached, and was done all the same.
    private func isMiss(_ index: Int) -> Bool {
        let status = tree.nodes[index].execution.cacheStatus
        return status != .disabled && status != .hit && !tree.nodes[index].isRecovered
    }

    private func times(_ index: Int, _ scenario: WhatIf.Scenario) -> WhatIf.Saving {
        let own = own[index]
        return switch scenario {
        case .noRetries: WhatIf.Saving(low: own.retry, high: own.retry)
        case .noQueue: WhatIf.Saving(low: own.queue, high: own.queue + own.unseen)
        case .warmCache: WhatIf.Saving(low: 0, high: 0)
        }
    }
}
