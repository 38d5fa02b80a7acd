/// The faults of a running server, with what they have counted so far.
struct FaultPlan {
    var faults: Faults {
        didSet { counts = [] }
    }
    private var counts: [Int] = []

    init(_ faults: Faults) { self.faults = faults }

    /// What happens to this request: how long it waits, and what goes wrong.
    mutating func next(_ request: ServerRequest) -> (delay: Int, fault: Faults.Fault?) {
        if counts.count != faults.rules.count { counts = Array(repeating: 0, count: faults.rules.count) }
        var delay = 0
        for (index, rule) in faults.rules.enumerated() where rule.matches(request) {
            counts[index] += 1
            guard rule.when.applies(to: counts[index]) else { continue }
            if case .delay(let milliseconds) = rule.fault {
                delay += max(0, milliseconds)
            } else {
                return (delay, rule.fault)
            }
        }
        return (delay, nil)
    }
}
