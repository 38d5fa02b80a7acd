/// What a nightly harvest is set up with: the user's values, checked, and what follows from them.
struct NightlyPlan: Hashable {
    /// Each of these is an absolute path.
    var program = "/usr/local/bin/flightlog"
    var archive = "/var/lib/flightlog/runs.db"
    /// Where the settings will be.
    var settings = "/etc/flightlog/flightlog.yaml"
    var report: String?
    var metrics: String?
    /// What the settings are to say, when they are made here; nil when the user has some.
    var endpoint: String? = "flyte.example.com"
    var clientID = "flightlog"
    var user = "flightlog"
    /// Who else may read the archive; nil for nobody.
    var group: String?
    /// Names of secrets, with the files that they come from.
    var secrets: [Secret] = []

    struct Secret: Hashable {
        var name: String
        var file: String
    }

    var folder: String { Self.folder(of: archive) }
    var reportFile: String { report ?? (folder == "/" ? "/weekly.html" : "\(folder)/weekly.html") }

    static func folder(of path: String) -> String {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    /// The words of the harvest's command line.
    var harvest: [String] {
        [program, "harvest", archive, "--settings", settings]
            + (metrics.map { ["--metrics", $0] } ?? [])
            + (group == nil ? [] : ["--mode", "640"])
    }

    /// The words of the weekly report's.
    var weeklyReport: [String] { [program, "report", "weekly", archive, "--out", reportFile] }

    /// A settings file with these values.
    ///
    /// - Parameter secretFolder: Where the harvest finds its secrets, by their names; nil for the places they come from.
    func settingsText(secretFolder: String?) -> String {
        let endpoint = endpoint ?? ""
        var text = """
            # What flightlog harvests, and into what. 'flightlog help configuration' tells of every key.
            archive: \(Quoted.yaml(archive))
            sources:
              - name: production                    # what the archive calls the installation, for good
                endpoint: \(Quoted.yaml(endpoint))

            """
        if let secret = secrets.first {
            text += """
                    auth:
                      type: client-secret
                      client-id: \(Quoted.yaml(clientID))
                      client-secret-file: \(Quoted.yaml(secretFolder.map { "\($0)/\(secret.name)" } ?? secret.file))

                """
        }
        text += """
            redaction:                              # before anything is written; 'flightlog help redaction'
              key-file: \(Quoted.yaml("\(folder == "/" ? "" : folder)/redaction.key"))
              rules:
                - name: credentials
                  names: ["*password*", "*secret*", "*token*", "*api_key*"]

            """
        return text
    }
}
