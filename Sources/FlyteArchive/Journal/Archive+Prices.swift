import FlyteModel
import Tables

extension Archive {
    /// Puts a price book in the place of the one that the archive has: all of it, or nothing.
    ///
    /// Where several entries hold at a moment, `v_price` says which of them does.
    public func setPrices(_ book: [PriceEntry]) throws {
        try writing {
            try database.execute("DELETE FROM price")
            for (index, entry) in book.enumerated() {
                try database.run(
                    """
                    INSERT INTO price (number, from_at, until_at, source, cluster, project, domain, currency, core_hour,
                        gib_hour, gpu_hour) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        Cell(index + 1), .integer(entry.from.nanoseconds), Cell(entry.until),
                        Cell(entry.source),
                        Cell(entry.cluster), Cell(entry.project), Cell(entry.domain), .text(entry.currency),
                        Cell(entry.coreHour), Cell(entry.gibHour), Cell(entry.gpuHour),
                    ])
            }
        }
    }
}
