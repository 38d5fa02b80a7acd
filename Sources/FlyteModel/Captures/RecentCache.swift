/// What was used of late. It holds values of up to so many bytes, and as much again of what was used before.
public struct RecentCache<Key: Hashable, Value> {
    @usableFromInline let limit: Int
    @usableFromInline var bytes = 0
    @usableFromInline var young: [Key: (value: Value, bytes: Int)] = [:]
    @usableFromInline var old: [Key: (value: Value, bytes: Int)] = [:]

    @inlinable public init(bytes limit: Int) { self.limit = limit }

    @inlinable public subscript(key: Key) -> Value? {
        mutating get {
            if let known = young[key] { return known.value }
            guard let known = old.removeValue(forKey: key) else { return nil }
            keep(known.value, for: key, bytes: known.bytes)
            return known.value
        }
    }

    /// - Parameter count: What the value takes, about.
    @inlinable public mutating func keep(_ value: Value, for key: Key, bytes count: Int) {
        if bytes + count > limit {
            (old, young, bytes) = (young, [:], 0)
        }
        young[key] = (value, count)
        bytes += count
    }

    @inlinable public mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }
}

extension RecentCache: Sendable where Key: Sendable, Value: Sendable {}
