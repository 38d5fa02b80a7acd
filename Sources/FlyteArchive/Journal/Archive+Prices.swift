import FlyteModel
import Tables

extension Archive {
    /// Puts a price book in the place of the one that the archive has: all of it, or nothing.
    ///
    /// Where several entries hold at a moment, `v_price` says which of them does.
    public func setPrices(_ book: [PriceEntry]) throws {
        try writing {
            try database.execute("DELETE FROM price")
            try append(book)
        }
    }

    /// The price book, in its order.
    public func prices() throws(ArchiveError) -> [PriceEntry] {
        guard version >= 6 else { return [] }
        return try database.rows(
            """
            SELECT from_at, until_at, source, cluster, project, domain, currency, core_hour, gib_hour, gpu_hour FROM price
            ORDER BY number
            """
        ).map { row in
            PriceEntry(
                from: Timestamp(nanoseconds: row[0].integer ?? 0),
                until: row[1].integer.map(Timestamp.init(nanoseconds:)), source: row[2].text,
                cluster: row[3].text,
                project: row[4].text, domain: row[5].text, currency: row[6].text ?? "", coreHour: row[7].real,
                gibHour: row[8].real, gpuHour: row[9].real)
        }
    }

    /// Takes what another archive's book says and this one's does not contradict.
    ///
    /// What that book says of any installation it says of those that its archive knows, and of no other: here it is written for
    /// each of them. An entry that is here already changes nothing. One that says something else than this book of the same
    /// place and a time in common stays away.
    ///
    /// - Parameter sources: The installations that the other archive knows.
    /// - Returns: How many entries are new, and how many stayed away.
    func merge(_ book: [PriceEntry], of sources: [String]) throws -> (new: Int, contradicting: Int) {
        let own = try prices()
        var fresh: [PriceEntry] = []
        var contradicting = 0
        for entry in book where !own.contains(where: { $0.isSame(as: entry) }) {
            let places = entry.source == nil ? sources : [entry.source ?? ""]
            for source in places {
                var narrowed = entry
                narrowed.source = source
                if (own + fresh).contains(where: { $0.isSame(as: narrowed) }) { continue }
                if own.contains(where: { $0.contradicts(entry) || $0.contradicts(narrowed) }) {
                    contradicting += 1
                } else {
                    fresh.append(narrowed)
                }
            }
        }
        if !fresh.isEmpty { try writing { try append(fresh) } }
        return (fresh.count, contradicting)
    }

    private func append(_ entries: [PriceEntry]) throws(ArchiveError) {
        for entry in entries {
            try database.run(
                """
                INSERT INTO price (number, from_at, until_at, source, cluster, project, domain, currency, core_hour,
                    gib_hour, gpu_hour)
                VALUES ((SELECT coalesce(max(number), 0) + 1 FROM price), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(entry.from.nanoseconds), Cell(entry.until), Cell(entry.source),
                    Cell(entry.cluster),
                    Cell(entry.project), Cell(entry.domain), .text(entry.currency), Cell(entry.coreHour),
                    Cell(entry.gibHour), Cell(entry.gpuHour),
                ])
        }
    }
}
