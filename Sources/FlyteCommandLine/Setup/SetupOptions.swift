import CommandLineParser
import Glibc
import Tables

/// What 'flightlog setup' is told for every kind of machine.
///
/// Values are checked here, so that what the files quote has no line breaks, and what they do not quote is a plain name.
struct SetupOptions: Sendable {
    private let archive: Parameter<String?>
    private let settings: Parameter<String?>
    private let endpoint: Parameter<String?>
    private let clientID: Parameter<String?>
    private let report: Parameter<String?>
    private let secrets: Parameter<[NightlyPlan.Secret]>
    private let out: Parameter<String?>

    init(_ declare: inout Declaration) {
        archive = declare.option(
            "archive", "FILE", "Where the archive will be. Default: /var/lib/flightlog/runs.db.",
            read: Self.path)
        endpoint = declare.option(
            "endpoint", "URL",
            "The installation, for the settings that are made here. Default: flyte.example.com, to be changed.",
            read: Self.text)
        settings = declare.option(
            "settings", "FILE", "Settings that are there already, in place of making some.", read: Self.path)
        secrets = declare.repeatedOption(
            "secret", "NAME[=FILE]",
            "A secret, by its name and the file that it will come from; the first is the client's. Default file: /etc/flightlog/NAME. What is in it is neither read nor written.",
            read: Self.secret)
        clientID = declare.option(
            "client-id", "ID",
            "The client to log in as, for the settings that are made here. Default: flightlog.",
            read: Self.text)
        report = declare.option(
            "report", "FILE", "Where the weekly report goes. Default: weekly.html beside the archive.",
            read: Self.path)
        out = declare.option(
            "out", "DIR", "Writes the files into this folder. Default: shows them on standard output.")
    }

    func plan(_ input: Input) -> NightlyPlan {
        var plan = NightlyPlan()
        if let path = input[archive] { plan.archive = path }
        if let endpoint = input[endpoint] { plan.endpoint = endpoint }
        if let path = input[settings] {
            plan.settings = path
            plan.endpoint = nil
        }
        if let id = input[clientID] { plan.clientID = id }
        plan.report = input[report]
        plan.secrets = input[secrets]
        return plan
    }

    /// Shows or writes the files.
    func give(_ files: [SetupFile], _ input: Input) throws {
        guard let folder = input[out] else {
            return try Terminal.print(
                files.count == 1
                    ? files[0].text
                    : files.map { "# ==== \($0.place ?? $0.name)\n\($0.text)" }.joined(separator: "\n"))
        }
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw Failure("The folder '\(folder)' cannot be made: \(String(cString: strerror(errno))).")
        }
        for file in files {
            try AtomicFile.write(file.text, to: "\(folder)/\(file.name)")
            if file.isExecutable { chmod("\(folder)/\(file.name)", 0o755) }
        }
        let names = files.map(\.name).joined(separator: ", ")
        let next = files.contains { $0.isExecutable } ? " Read them, then run install.sh as root." : ""
        Terminal.say("Wrote \(names) into '\(folder)'.\(next)")
    }

    // MARK: Values

    /// Any text of one line.
    static func text(_ text: String) throws(UsageError) -> String {
        guard !text.isEmpty, text.unicodeScalars.allSatisfy(isInLine) else {
            throw UsageError("It is one line of text, without control characters.")
        }
        return text
    }

    /// Whether no reader of these formats takes it for the end of a line, or of the text.
    private static func isInLine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: scalar != "\u{FEFF}" && scalar.value & 0xFFFE != 0xFFFE
        }
    }

    /// A whole path, since what starts these files starts them anywhere.
    static func path(_ text: String) throws(UsageError) -> String {
        let text = try Self.text(text)
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard text.utf8.first == UInt8(ascii: "/"), !text.hasSuffix("/"),
            !parts.dropFirst().contains(where: {
                $0.isEmpty || $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8)
            })
        else {
            throw UsageError(
                "'\(text)' is no whole path of a file: it begins with a slash, and has no '..' in it.")
        }
        return text
    }

    private static func secret(_ text: String) throws(UsageError) -> NightlyPlan.Secret {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard parts[0].wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/) != nil else {
            throw UsageError("'\(parts[0])' is no name of a secret: letters, digits, '-', '_' and '.'.")
        }
        return NightlyPlan.Secret(
            name: parts[0], file: parts.count == 2 ? try path(parts[1]) : "/etc/flightlog/\(parts[0])")
    }

    /// The name of a user or group, as useradd takes it.
    static func account(_ text: String) throws(UsageError) -> String {
        guard text.wholeMatch(of: /[a-z_][a-z0-9_-]{0,30}/) != nil else {
            throw UsageError("'\(text)' is no name of a user or group: small letters, digits, '-' and '_'.")
        }
        return text
    }

    /// The five fields of a crontab.
    static func cronSchedule(_ text: String) throws(UsageError) -> String {
        let fields = text.split(separator: " ")
        guard fields.count == 5, fields.allSatisfy({ $0.wholeMatch(of: /[0-9A-Za-z*,\/-]+/) != nil }) else {
            throw UsageError("'\(text)' is no schedule of cron: five fields, such as '30 2 * * *'.")
        }
        return fields.joined(separator: " ")
    }

    /// An OnCalendar= of systemd.
    static func calendar(_ text: String) throws(UsageError) -> String {
        guard text.wholeMatch(of: /[0-9A-Za-z*:,.\/~ _+-]+/) != nil else {
            throw UsageError(
                "'\(text)' is no calendar event of systemd's, such as '*-*-* 02:30:00' or 'Mon 06:00'.")
        }
        return text
    }

    /// A name of Kubernetes': of a namespace, a class, an image.
    static func name(_ text: String, _ what: String, _ isOne: (String) -> Bool) throws(UsageError) -> String {
        guard isOne(text) else { throw UsageError("'\(text)' is no \(what).") }
        return text
    }

    static func image(_ text: String) throws(UsageError) -> String {
        try name(text, "name of an image") {
            $0.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\/:@-]{0,254}/) != nil
        }
    }
}
