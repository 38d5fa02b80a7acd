import FlyteArchive
import FlyteModel
import FlyteReport
import Markup

/// A report over a window, with a form that asks for another window.
struct WindowPage {
    private let page: ReportPage
    private let request: BrowserRequest
    private let now: Timestamp
    private let zone: TimeZoneRules

    init(_ page: ReportPage, _ request: BrowserRequest, now: Timestamp, _ zone: TimeZoneRules) {
        self.page = page
        self.request = request
        self.now = now
        self.zone = zone
    }

    func page(by maker: ReportMaker<ReportScope>, _ archive: Archive) throws -> BrowserPage {
        func time(_ name: String) throws -> Timestamp? {
            try request[name].map { try TimeExpression($0).timestamp(now: now, in: zone) }
        }
        guard let window = try TimeWindow(from: time("from"), to: time("to"), now: now, in: zone) else {
            return BrowserPage(status: 400, "No such window", "Its beginning is not before its end.")
        }
        let scope = ReportScope(
            window: window, in: zone, project: request["project"], domain: request["domain"],
            children: request["children"] != nil)
        let form = FormField.form(
            [
                FormField(
                    name: "from", label: "From", value: request["from"], hint: "monday, now-7d, 2026-03-02"),
                FormField(name: "to", label: "To", value: request["to"], hint: "a week later"),
                FormField(name: "project", label: "Project", value: request["project"]),
                FormField(name: "domain", label: "Domain", value: request["domain"]),
            ], action: "/\(page.name)", label: page.name, button: "Show")
        return BrowserPage(try maker.report(on: archive, scope), above: [form])
    }
}
