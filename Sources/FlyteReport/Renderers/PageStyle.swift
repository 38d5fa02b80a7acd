import EmbeddedFiles

/// The style sheets of pages.
public enum PageStyle {
    /// Of every page.
    public static let sheet = named("report")
    /// What pages with charts, timelines, trees, facts or code need besides.
    static let drawings = named("drawings")

    /// What pages among others need besides.
    public static let pages = named("pages")

    private static func named(_ name: String) -> String {
        EmbeddedFile.assets.first { $0.name == name }?.text ?? ""
    }
}
