import Markup

/// A field of a form that asks for another page.
struct FormField {
    var name: String
    var label: String
    var value: String?
    /// An example of what is meant; empty for nothing.
    var hint = ""
    /// What can be chosen; empty for whatever one writes.
    var choices: [(value: String, label: String)] = []

    private var html: HTML {
        let id = "field-\(name)"
        let label = HTML("label", ["for": id], .text(label))
        guard choices.isEmpty else {
            let options = choices.map { choice in
                choice.value == (value ?? "")
                    ? HTML("option", ["value": choice.value, "selected": ""], .text(choice.label))
                    : HTML("option", ["value": choice.value], .text(choice.label))
            }
            return HTML("div", ["class": "field"], label, HTML("select", ["id": id, "name": name], options))
        }
        let input = HTML(
            "input",
            ["id": id, "name": name, "value": value ?? "", "placeholder": hint, "autocomplete": "off"], [])
        return HTML("div", ["class": "field"], label, input)
    }

    /// - Parameters:
    ///   - rarely: What is folded unless it has a value.
    ///   - action: The address that it asks for.
    ///   - button: What its button says.
    static func form(
        _ fields: [FormField], rarely: [FormField] = [], action: String, label: String, button: String
    ) -> HTML {
        var content = fields.map(\.html) + [HTML("button", ["type": "submit"], .text(button))]
        if !rarely.isEmpty {
            let folded = [HTML("summary", [:], "More"), HTML("div", ["class": "fields"], rarely.map(\.html))]
            let isUsed = rarely.contains { $0.value != nil }
            content.append(
                isUsed ? HTML("details", ["open": ""], folded) : HTML("details", [:], folded))
        }
        return HTML(
            "form", ["action": action, "method": "get", "role": "search", "aria-label": label], content)
    }
}
