/// A page in one file that asks nothing of a network: the style is inside, there is no script, and a
/// Content-Security-Policy forbids the rest.
public struct HTMLDocument: Hashable, Sendable {
    public var title: String
    /// Of our own making: it is written as it is, and so must not hold `</`.
    public var style: String
    public var body: [HTML]

    public init(title: String, style: String, body: [HTML]) {
        self.title = title
        self.style = style
        self.body = body
    }

    public var text: String {
        var page = Self.opening(title: title, style: style)
        for piece in body { piece.write(to: &page) }
        return page + Self.closing
    }

    /// What stands before a page's body, for pages that are written piece by piece.
    ///
    /// - Parameter style: Of our own making: it is written as it is, and so must not hold `</`.
    public static func opening(title: String, style: String) -> String {
        precondition(!style.contains("</"), "a style sheet holds no markup")
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">

            """
        HTML("title", [:], .text(title)).write(to: &page)
        page += "\n<link rel=\"icon\" href=\"data:,\">\n<style>\n\(style)</style>\n</head>\n<body>\n"
        return page
    }

    /// What stands behind a page's body.
    public static let closing = "</body>\n</html>\n"
}
