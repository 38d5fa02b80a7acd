import FlyteModel

/// One of the executions that an archive has of a name that Flyte gave out, perhaps again and again.
struct NamedExecution {
    let row: Int64
    /// As the archive calls it.
    let id: ExecutionID
    /// Which of them it is: the server never changes it.
    let createdAt: Timestamp?
    let observedAt: Timestamp
}

extension NamedExecution {
    /// The names of all of them, oldest first: the newest goes by the name itself unless it is known to be an earlier
    /// one; numbers rise with the time of creation, and stay as they are where they can.
    ///
    /// - Parameter executions: Oldest first.
    static func names(of executions: [ExecutionID]) -> [ExecutionID] {
        guard let given = executions.first?.given else { return [] }
        let hasName = executions.last?.generation == nil
        let earlier = hasName ? executions.dropLast() : executions[...]
        var numbers: [Int] = []
        for execution in earlier {
            let least = (numbers.last ?? 0) + 1
            guard let number = execution.generation else {
                numbers.append(least)
                continue
            }
            guard number >= least else {
                numbers = Array(1...earlier.count)
                break
            }
            numbers.append(number)
        }
        return numbers.map { given.generation($0) } + (hasName ? [given] : [])
    }
}
