import CommandLineParser
import FlyteAdmin
import FlyteHarvest
import FlyteModel

extension Command {
    /// Brings an archive up to date.
    static let harvest = Command("harvest", "Brings an archive up to date with a Flyte installation.") {
        declare in
        declare.details(
            """
            Reads what changed since the last harvest, everything that was still open, and each execution once more a \
            while after its end. It can be repeated, stopped or killed at any moment, and ends in the same archive. \
            A harvest that was asked to stop by SIGINT or SIGTERM ends well, and exits as if it had come to its end; with \
            --stop-code scripts can tell the two apart.
            """)
        let path = declare.optionalArgument(
            "ARCHIVE",
            "The SQLite file; it is made when there is none. Can be left out when the settings name it.")
        let source = SourceOptions(&declare)
        let projects = declare.repeatedOption(
            "project", "P", "Only this project; can be given several times.")
        let domains = declare.repeatedOption("domain", "D", "Only this domain; can be given several times.")
        let executions = declare.repeatedOption(
            "execution", "NAME",
            "Only this execution: project/domain/name or a console URL; can be given several times.")
        let since = declare.timeOption("since", "Only what changed since then, such as now-7d or 2026-01-31.")
        let isFull = declare.flag("full", "Reads every execution again.")
        let isAudit = declare.flag(
            "audit",
            "Looks at every execution that the server has, reads those that the archive lacks, and marks those that the server no longer has."
        )
        let isNewestFirst = declare.flag(
            "newest-first", "A first harvest begins with the last executions instead of the first.")
        let skipsChildren = declare.flag(
            "no-children", "With --execution: without the executions that it launched or recovered.")
        let spans = declare.option(
            "server-spans", "WHEN",
            "Whether the server's own metric spans are read. Default: auto, once an execution has ended.",
            choices: HarvestOptions.ServerSpans.allCases.map(\.rawValue))
        let executionTimeout = declare.option(
            "execution-timeout", "S",
            "Seconds after which the reading of one execution is given up, until the next harvest. Default: 7200."
        ) { text throws(UsageError) in
            guard let number = Int(text), (1...1_000_000).contains(number) else {
                throw UsageError("'\(text)' is no number of seconds from 1 to 1000000.")
            }
            return number
        }
        let isJSON = declare.flag(
            "json", "Tells what happens as events on standard output, a JSON object a line, for machines.")
        let metrics = declare.option(
            "metrics", "FILE",
            "Writes how it went there in Prometheus' text format, also when it fails; for node_exporter's textfile collector. Several sources have a file each: FILE-SOURCE."
        )
        let fileMode = declare.fileModeOption(of: "what --metrics names")
        let stopCode = declare.option(
            "stop-code", "N",
            "The exit code of a harvest that was asked to stop before its end and did not fail, from 1 to 255. Default: 0, or 2 with problems."
        ) { text throws(UsageError) in
            guard let number = Int32(text), (1...255).contains(number) else {
                throw UsageError("'\(text)' is no exit code from 1 to 255.")
            }
            return number
        }
        let readers = declare.option(
            "mode", "MODE",
            "Who may read the archive: 600 its owner, 640 its group as well, 644 everybody. Default: as it is, and 600 for a new one.",
            choices: ArchiveAccess.allCases.map(\.rawValue))
        let isTrial = declare.flag(
            "redact-dry-run", "Lists what the settings' rules would replace, and writes nothing.")
        declare.example("flightlog harvest runs.db --endpoint flyte.example.com")
        declare.example(
            "flightlog harvest --settings /etc/flightlog/flightlog.yaml",
            "All the sources of a settings file.")
        declare.example("flightlog harvest runs.db --config ~/.flyte/config.yaml --project sales --rate 20")
        declare.example(
            "flightlog harvest runs.db --metrics /var/lib/node_exporter/flightlog.prom",
            "For cron, with Flyte's own configuration and something to alert on. node_exporter reads it as another user: --file-mode 644."
        )
        declare.example(
            "flightlog harvest runs.db --audit", "Once a month, or before the database is pruned.")
        declare.example(
            "flightlog harvest runs.db --endpoint http://localhost:30080 --execution sales/production/a8s7d6f5g4h3j2k1l0q9"
        )
        return { input in
            let executions = try input[executions].map { text in
                guard let id = ExecutionReference(text).id else {
                    throw UsageError(
                        "'\(text)' is no execution; write project/domain/name or its console URL.")
                }
                return id
            }
            let settings = try source.settings(input)
            let path = input[path] ?? settings.archive ?? ""
            guard !path.isEmpty || input[isTrial] else {
                throw UsageError("Missing argument 'ARCHIVE': give its path, or settings with 'archive'.")
            }
            var sources = try source.sources(input, settings)
            guard executions.isEmpty || sources.count == 1 else {
                throw UsageError("--execution needs one source of several; name it with --source.")
            }
            let since = try input[since]?.resolved()
            if input[isAudit], since != nil || !executions.isEmpty {
                throw UsageError("--audit looks at everything; it goes with neither --since nor --execution.")
            }
            let redactor = try settings.redaction?.redactor(isTrial: input[isTrial])
            for index in sources.indices {
                if !input[projects].isEmpty { sources[index].options.projects = input[projects] }
                if !input[domains].isEmpty { sources[index].options.domains = input[domains] }
                sources[index].options.executions = executions
                sources[index].options.since = since
                sources[index].options.isFull = input[isFull]
                sources[index].options.isAudit = input[isAudit]
                sources[index].options.isNewestFirst = input[isNewestFirst]
                sources[index].options.takesChildren = !input[skipsChildren]
                if let limit = input[executionTimeout] { sources[index].options.executionTimeout = limit }
                if let spans = input[spans].flatMap(HarvestOptions.ServerSpans.init) {
                    sources[index].options.serverSpans = spans
                }
                sources[index].options.redactor = redactor
            }
            if input[isTrial] {
                guard redactor != nil else {
                    throw UsageError(
                        "--redact-dry-run needs settings with a 'redaction' section; name them with --settings."
                    )
                }
                return try await RedactionList.print(sources).rawValue
            }
            return try await HarvestRun.run(
                sources, into: path, events: input[isJSON] ? EventLines() : nil, metricsFile: input[metrics],
                metricsMode: input[fileMode],
                readers: input[readers].flatMap(ArchiveAccess.init(rawValue:)), stop: Interrupt.stopFlag(),
                stopCode: input[stopCode])
        }
    }
}
