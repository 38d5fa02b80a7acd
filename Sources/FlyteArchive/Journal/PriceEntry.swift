public import FlyteModel

/// What an hour of each resource costs in a time, and where.
public struct PriceEntry: Hashable, Sendable {
    public var from: Timestamp
    /// nil until further notice.
    public var until: Timestamp?
    /// Only for this installation, as the archive calls it; nil for any, and likewise the next three.
    public var source: String?
    public var cluster: String?
    public var project: String?
    public var domain: String?
    public var currency: String
    /// nil when the book does not say, as the next two; 0 is free.
    public var coreHour: Double?
    public var gibHour: Double?
    public var gpuHour: Double?

    public init(
        from: Timestamp, until: Timestamp? = nil, source: String? = nil, cluster: String? = nil,
        project: String? = nil, domain: String? = nil, currency: String, coreHour: Double? = nil,
        gibHour: Double? = nil, gpuHour: Double? = nil
    ) {
        (self.from, self.until, self.currency) = (from, until, currency)
        (self.source, self.cluster, self.project, self.domain) = (source, cluster, project, domain)
        (self.coreHour, self.gibHour, self.gpuHour) = (coreHour, gibHour, gpuHour)
    }

    /// Whether both are for the same place, and hold at some moment together.
    public func overlaps(_ other: PriceEntry) -> Bool {
        source == other.source && cluster == other.cluster && project == other.project
            && domain == other.domain && (until.map { other.from < $0 } ?? true)
            && (other.until.map { from < $0 } ?? true)
    }

    /// Whether both overlap and say something else.
    func contradicts(_ other: PriceEntry) -> Bool { overlaps(other) && !hasPrices(of: other) }

    private func hasPrices(of other: PriceEntry) -> Bool {
        currency == other.currency && coreHour == other.coreHour && gibHour == other.gibHour
            && gpuHour == other.gpuHour
    }

    /// Whether both say the same.
    func isSame(as other: PriceEntry) -> Bool {
        from == other.from && until == other.until && overlaps(other) && hasPrices(of: other)
    }
}
