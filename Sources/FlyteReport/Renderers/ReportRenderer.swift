import Tables

/// A form of reports: writes the bytes of one. It is deterministic, and switches over all blocks.
protocol ReportRenderer {
    func write(_ report: Report, to sink: any ByteSink) throws
}
