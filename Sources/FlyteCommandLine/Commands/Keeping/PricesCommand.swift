import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import Tables

extension Command {
    /// The archive's price book.
    static let prices = Command(
        "prices",
        "Puts a dated price book into an archive, for 'cost' and v_cost; without one, shows what is there."
    ) { declare in
        declare.details(
            """
            The book is YAML: a 'currency' and a list of 'prices', each with 'from' and, if it ends, 'until' (UTC where no zone \
            is written), with what an hour costs: 'core-hour', 'gib-hour' (memory) and 'gpu-hour', and, where it is not for \
            everything, 'source', 'cluster', 'project' or 'domain'. It replaces the whole book; an empty list removes it. An attempt \
            is priced by what held when it ended. Where several entries do, the one that names most of source, cluster, project \
            and domain counts, of these the one that began last, of these the last in the book. Where none does, the attempt has no \
            cost, and 'flightlog query ARCHIVE cost' says what share that is. A price that is left out is unknown; 0 is free.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let file = declare.optionalArgument("FILE", "The price book. Default: shows the archive's.")
        let output = OutputOptions(&declare, of: path, isForPeople: true)
        declare.example("flightlog prices runs.db prices.yaml")
        declare.example("flightlog prices runs.db", "What is there.")
        return { input in
            guard let file = input[file] else {
                let archive = try Archive(path: input[path], mode: .readOnly)
                let table = try archive.query("SELECT * FROM v_price ORDER BY number")
                guard !table.rows.isEmpty else {
                    throw Failure(
                        "'\(input[path])' has no prices. 'flightlog prices \(input[path]) FILE' puts a price book in."
                    )
                }
                try output.print(table, input, title: "Prices")
                return ExitCode.done.rawValue
            }
            let book = try PriceBook(file: file)
            for (first, second) in book.overlaps {
                Terminal.say(
                    "Prices \(first) and \(second) of '\(file)' hold at once in the same place; the one that begins later counts."
                )
            }
            let share = try Archive.changing(input[path]) { archive in
                try archive.setPrices(book.entries)
                let row = try archive.query(
                    """
                    SELECT sum(iif(cost IS NULL, seconds_high, 0.0)) / nullif(sum(seconds_high), 0),
                        sum(iif(cost IS NOT NULL AND NOT is_whole, seconds_high, 0.0)) / nullif(sum(seconds_high), 0)
                    FROM v_cost
                    """
                ).rows.first
                return (without: row?[0].real ?? 0, partly: row?[1].real ?? 0)
            }
            Terminal.say(
                "'\(input[path])' has \(HumanText.count(book.entries.count, "price")). Of the container time of its attempts \(HumanText.shortPercent(share.without)) has no price, and \(HumanText.shortPercent(share.partly)) only part of one; 'flightlog query \(input[path]) cost' tells the rest."
            )
            return ExitCode.done.rawValue
        }
    }
}
