/// Flyte gives a name out again once its database was pruned. An archive calls the executions that had it before
/// `name~1`, `name~2`, …, the oldest first; no Flyte name has a `~`.
extension ExecutionID {
    /// The name by which its server knew it.
    public var given: ExecutionID {
        guard let tilde = generationStart else { return self }
        return ExecutionID(project: project, domain: domain, name: String(Substring(name.utf8[..<tilde])))
    }

    /// Of an earlier execution of a name its number, from 1; 0 for one that an archive does not have. nil for an
    /// execution that goes by the name that its server gave it.
    public var generation: Int? {
        generationStart.flatMap { Int(Substring(name.utf8[$0...].dropFirst())) }
    }

    /// The earlier execution of this name with a number.
    public func generation(_ number: Int) -> ExecutionID {
        ExecutionID(project: project, domain: domain, name: "\(name)~\(number)")
    }

    /// Where `~` and a number begin.
    private var generationStart: String.UTF8View.Index? {
        let bytes = name.utf8
        guard let tilde = bytes.lastIndex(of: UInt8(ascii: "~")) else { return nil }
        let digits = bytes[tilde...].dropFirst()
        guard 1...9 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
            digits.count == 1 || digits.first != 0x30
        else { return nil }
        return tilde
    }
}
