import CommandLineParser
import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteReport
import FlyteServer
import Glibc
import Tables

extension Command {
    /// The main job, on a sample installation.
    static let demo = Command(
        "demo", "Harvests a sample installation over HTTP, and reports on it: the quickest look around."
    ) {
        declare in
        let folder = declare.optionalArgument(
            "DIR", "Where the archive and the reports go. Default: flightlog-demo.")
        let sample = SampleOptions(&declare)
        declare.example("flightlog demo")
        declare.example("flightlog demo /tmp/look --seed 7")
        return { input in
            let folder = input[folder] ?? "flightlog-demo"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw Failure("The folder '\(folder)' cannot be made: \(String(cString: strerror(errno))).")
            }
            let options = try sample.options(input)
            let path = "\(folder)/sample.db"
            try removeEarlier(path)
            let server = try AdminServer(SampleInstallation(options).installation)
            defer { server.stop() }
            Terminal.say("A sample Flyte installation answers at \(server.address).")
            var settings = FlyteSettings()
            settings.endpoint = server.address
            let harvest = HarvestRun(
                path: path, source: "sample", endpoint: server.address, options: HarvestOptions())
            _ = try await harvest.run(stop: Interrupt.stopFlag()) { [settings] in
                try await settings.client(
                    options: AdminClient.Options(), userAgent: "flightlog/\(flightlogVersion)")
            }
            let archive = try Archive(path: path, mode: .readOnly)
            let report = try WeeklyReport.maker.report(
                on: archive, ReportScope(window: TimeWindow(lastWeekBefore: options.end)))
            for format in [ReportFormat.html, .md] {
                try report.write(
                    as: format, to: AtomicFile.beside(path, "\(folder)/weekly.\(format.rawValue)", nil))
            }
            let failed = try archive.query(
                """
                SELECT name FROM v_execution WHERE phase = 'FAILED' AND cause_node_id IS NOT NULL
                ORDER BY ended_at DESC, name LIMIT 1
                """
            ).rows.first?.first?.text
            // As they are printed, also where nothing is installed.
            let (tool, quoted) = (ExecutablePath.asCalled, Quoted.shell(path))
            try Terminal.print(
                """

                Look at
                  \(folder)/weekly.html   how the last week went; open it in a browser
                  \(folder)/weekly.md     the same for a terminal or a chat
                  \(folder)/sample.db     the archive: one SQLite file with everything

                Then try
                  \(tool) status \(quoted)
                  \(tool) query \(quoted)
                  \(tool) query \(quoted) failure-rate-by-workflow
                  \(tool) show \(quoted) \(failed ?? "EXECUTION")
                  sqlite3 -readonly \(quoted) "SELECT phase, count(*) FROM v_execution GROUP BY phase"

                And your own installation
                  \(tool) harvest runs.db --endpoint flyte.example.com

                """)
            return ExitCode.done.rawValue
        }
    }

    /// An earlier demo is made anew; anything else stays.
    private static func removeEarlier(_ path: String) throws {
        guard access(path, F_OK) == 0 else { return }
        let sources = try Archive(path: path, mode: .readOnly).sources().map(\.name)
        guard sources.allSatisfy({ $0 == "sample" }) else {
            throw Failure("'\(path)' is no archive of a demo; choose another folder: flightlog demo DIR.")
        }
        for ending in ["", "-wal", "-shm"] { unlink(path + ending) }
    }
}
