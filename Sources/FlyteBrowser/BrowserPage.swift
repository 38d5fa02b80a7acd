import FlyteReport
import FlyteServer
import Markup
import Tables

/// A page of the browser: a report, and what stands around it.
struct BrowserPage {
    var status = 200
    var report: Report
    /// Between the way to the other pages and the title.
    var above: [HTML] = []
    /// Behind the last section.
    var below: [HTML] = []

    init(_ report: Report, status: Int = 200, above: [HTML] = [], below: [HTML] = []) {
        self.report = report
        self.status = status
        self.above = above
        self.below = below
    }

    /// One that says why there is no other.
    init(status: Int, _ title: String, _ sentence: String) {
        self.init(
            Report(
                title: title, subtitle: "", lead: [ProseBlock.Sentence(sentence, .bad)], blocks: [], notes: []
            ),
            status: status)
    }
}
