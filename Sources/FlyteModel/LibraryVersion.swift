/// A C library of the distribution's that this process has loaded, and the least version that it may have.
///
/// Each is declared in the target that calls it.
public struct LibraryVersion: Sendable {
    /// As its authors write it.
    public var name: String
    /// What was loaded, in full.
    public var found: String
    /// The numbers of what was loaded, such as `[3, 40, 1]`.
    public var numbers: [Int]
    public var least: [Int]
    /// What the least version was the first to have.
    public var reason: String

    public init(_ name: String, found: String, numbers: [Int], least: [Int], reason: String) {
        self.name = name
        self.found = found
        self.numbers = numbers
        self.least = least
        self.reason = reason
    }

    public var leastText: String { least.map(String.init).joined(separator: ".") }

    /// Whether it is as new as it must be.
    public var isEnough: Bool {
        for (number, needed) in zip(numbers + [0, 0, 0], least) where number != needed {
            return number > needed
        }
        return true
    }

    /// What to tell where it is not; nil where it is.
    public var shortcoming: String? {
        isEnough
            ? nil
            : "This machine's \(name) is \(found), and flightlog needs \(leastText) or newer (\(reason)): update the distribution, or use the container that 'flightlog setup container' builds."
    }
}
