import FlyteArchive
import FlyteModel
import TestSupport
import Testing

/// What becomes of price books when archives are merged.
struct PriceMergingTests {
    private static func day(_ number: Int) -> Timestamp {
        Timestamp(seconds: 1_767_225_600 + Int64(number) * 86_400, nanos: 0)
    }

    private static func entry(
        _ from: Int, _ until: Int? = nil, source: String? = nil, project: String? = nil, core: Double?,
        _ currency: String = "EUR"
    ) -> PriceEntry {
        PriceEntry(
            from: day(from), until: until.map(day), source: source, project: project, currency: currency,
            coreHour: core)
    }

    /// Merges archives of installations of these names into one that has some of its own.
    private func merged(
        own sources: [String], _ book: [PriceEntry], _ others: (sources: [String], book: [PriceEntry])...
    ) throws -> (book: [PriceEntry], summaries: [MergeSummary]) {
        try TemporaryFolder.with { folder in
            func archive(_ name: String, _ sources: [String], _ book: [PriceEntry]) throws -> Archive {
                let archive = try Archive(path: folder + "/\(name).db", mode: .readWrite)
                for source in sources { _ = try archive.source(named: source, endpoint: "https://\(source)") }
                try archive.setPrices(book)
                return archive
            }
            let target = try archive("target", sources, book)
            var summaries: [MergeSummary] = []
            for (number, other) in others.enumerated() {
                summaries.append(
                    try target.merge(archive("other\(number)", other.sources, other.book), at: Self.day(100)))
            }
            return (try target.prices(), summaries)
        }
    }

    @Test func pricesComeAlongForTheInstallationsOfTheirArchive() throws {
        let (book, summaries) = try merged(
            own: [], [],
            (["east"], [Self.entry(0, 30, core: 0.04), Self.entry(30, core: 0.05)]),
            (["west", "north"], [Self.entry(0, core: 0.9, "USD"), Self.entry(0, source: "south", core: 1)]))
        #expect(
            book == [
                Self.entry(0, 30, source: "east", core: 0.04), Self.entry(30, source: "east", core: 0.05),
                Self.entry(0, source: "north", core: 0.9, "USD"),
                Self.entry(0, source: "west", core: 0.9, "USD"),
                Self.entry(0, source: "south", core: 1),
            ])
        #expect(summaries.map(\.prices) == [2, 3] && summaries.map(\.contradictingPrices) == [0, 0])
    }

    @Test func whatIsHereAlreadyChangesNothing() throws {
        let book = [Self.entry(0, core: 0.04), Self.entry(0, project: "sales", core: 0.06)]
        let (alike, summaries) = try merged(own: ["east"], book, (["east"], book), (["east"], book))
        #expect(alike == book)
        #expect(summaries.allSatisfy { $0.prices == 0 && $0.contradictingPrices == 0 && $0.changedNothing })
        let (twice, again) = try merged(own: ["west"], [], (["east"], book), (["east"], book))
        #expect(
            twice.count == 2 && again.map(\.prices) == [2, 0] && again.map(\.contradictingPrices) == [0, 0])
    }

    @Test func whatContradictsTheBookStaysAway() throws {
        let own = [
            Self.entry(0, 30, core: 0.04), Self.entry(0, source: "east", project: "sales", core: 0.06),
        ]
        let (book, summaries) = try merged(
            own: ["east"], own,
            (
                ["east"],
                [
                    // Another price in a time in common; the same one for longer; one that begins when the other ends.
                    Self.entry(20, 40, core: 0.05), Self.entry(10, 60, core: 0.04),
                    Self.entry(30, 50, core: 0.07),
                    // For the same project of the same installation, there for any of them.
                    Self.entry(5, project: "sales", core: 0.08), Self.entry(5, project: "vision", core: 0.09),
                    Self.entry(0, 30, core: 0.04, "USD"), Self.entry(0, 30, core: nil),
                ]
            ))
        #expect(
            book == own + [
                Self.entry(10, 60, source: "east", core: 0.04),
                Self.entry(30, 50, source: "east", core: 0.07),
                Self.entry(5, source: "east", project: "vision", core: 0.09),
            ])
        #expect(summaries.map(\.prices) == [3] && summaries.map(\.contradictingPrices) == [4])
    }

    // Where entries of a book overlap, the one that begins later counts: both come along.
    @Test func aBookDoesNotContradictItself() throws {
        let (book, summaries) = try merged(
            own: [], [], (["east"], [Self.entry(0, core: 0.04), Self.entry(10, core: 0.05)]),
            (["east"], [Self.entry(0, core: 0.04), Self.entry(10, core: 0.05)]))
        #expect(
            book == [Self.entry(0, source: "east", core: 0.04), Self.entry(10, source: "east", core: 0.05)])
        #expect(summaries.map(\.prices) == [2, 0] && summaries.map(\.contradictingPrices) == [0, 0])
    }
}
