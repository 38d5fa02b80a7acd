import Tables

extension Archive {
    /// Whether the full-text index over errors holds exactly the errors' words, and finds each of them.
    func hasWholeSearchIndex() throws(ArchiveError) -> Bool {
        try database.execute(
            """
            CREATE VIRTUAL TABLE temp.made_search USING fts5(code, message, content = '');
            INSERT INTO temp.made_search (rowid, code, message) SELECT id, code, message FROM error;
            CREATE VIRTUAL TABLE temp.made_word USING fts5vocab(temp, made_search, instance);
            CREATE VIRTUAL TABLE temp.stored_word USING fts5vocab(main, error_search, instance);
            CREATE VIRTUAL TABLE temp.made_term USING fts5vocab(temp, made_search, row);
            """)
        defer {
            // Nothing else looks at them.
            for table in ["made_term", "stored_word", "made_word", "made_search"] {
                try? database.execute("DROP TABLE temp.\(table)")
            }
        }
        let pairs = [
            ("temp.made_word", "temp.stored_word"),
            ("temp.made_search_docsize", "main.error_search_docsize"),
            ("temp.made_search_config", "main.error_search_config"),
            // The sizes that ranking goes by. Without errors there are none: nothing, or zeros where some were.
            (
                "(SELECT * FROM temp.made_search_data WHERE id = 1 AND EXISTS (SELECT 1 FROM error))",
                "(SELECT * FROM main.error_search_data WHERE id = 1 AND EXISTS (SELECT 1 FROM error))"
            ),
        ]
        for (made, stored) in pairs {
            for (one, other) in [(made, stored), (stored, made)] {
                let differs = try database.row(
                    "SELECT 1 FROM (SELECT * FROM \(one) EXCEPT SELECT * FROM \(other))")
                if differs != nil { return false }
            }
        }
        let lost = try database.row(
            """
            SELECT 1 FROM temp.made_term t WHERE doc <>
                (SELECT count(*) FROM error_search WHERE error_search MATCH '"' || replace(t.term, '"', '""') || '"')
            """)
        return lost == nil
    }
}
