import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Glibc
import Tables

extension Command {
    /// Erasing, with proof.
    static let forget = Command(
        "forget", "Erases executions, a variable's values or a text from an archive, for good, and proves it."
    ) { declare in
        declare.details(
            """
            The file is written anew, so that no byte of what was erased is left in it, and what was erased does not come \
            back with a later harvest or merge: erased executions, and those that some of was erased, are never read again. \
            A text is erased from inputs, outputs, errors, labels, environment, log links, definitions and the journal, \
            also where it stands as JSON, base64 or percent-encoded; '[forgotten]' takes its place. Numbers have no text: \
            forget them by their variable. Other copies of the archive are yours to find: backups, extracts, exports, \
            and 'NAME.before-vN' of a migration. Exit codes: 0 done, 1 failed, 3 the text stands somewhere after all, \
            75 somebody else writes the archive.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let executions = declare.repeatedOption(
            "execution", "E", "This execution; can be given several times. With --variable: only of this one."
        )
        let label = declare.option("label", "K=V", "The executions with this label.")
        let variable = declare.option(
            "variable", "NAME", "The values of this variable in inputs and outputs.")
        let value = declare.option(
            "value", "TEXT",
            "This text, wherever it stands; '-' reads it from standard input, where no list of processes shows it."
        )
        let reason = declare.option("reason", "TEXT", "Why; kept in the archive.")
        let isDry = declare.flag("dry-run", "Only tells what would be erased.")
        let isSure = declare.flag("yes", "Erases. It cannot be undone.")
        declare.example("flightlog forget runs.db --label customer=4711 --reason 'erasure request 12' --yes")
        declare.example("flightlog forget runs.db --value - --dry-run < secret.txt")
        declare.example("flightlog forget runs.db --variable password --yes")
        return { input in
            guard input[isDry] != input[isSure] else {
                throw UsageError(
                    "What is erased cannot be had back: say --yes to erase, or --dry-run to see what would go."
                )
            }
            let text = try input[value].map { $0 == "-" ? try standardInput() : $0 }
            let reading = try Archive(path: input[path], mode: .readOnly)
            let request = try request(
                try input[executions].map {
                    let found = try ArchivedExecution($0, in: reading, path: input[path])
                    return ForgottenExecution(source: found.source, id: found.id)
                }, label: input[label], variable: input[variable], value: text)
            if let text, input[reason]?.contains(text) == true {
                throw UsageError("The reason holds the text itself.")
            }
            if input[isDry] {
                let summary = try reading.whatToForget(request)
                try refuse(summary.identifiers)
                try Terminal.print(summary.executions.map { "\($0.id)\n" }.joined())
                Terminal.say("Would be touched: \(sentence(summary)). Nothing was done.")
                return ExitCode.done.rawValue
            }
            return try Archive.changing(input[path]) { archive in
                let summary = try archive.forget(request, reason: input[reason], at: .now)
                try ChangeKeeper(archive).update()
                try ScheduleKeeper(archive).update()
                try refuse(summary.identifiers)
                Terminal.say(
                    "\(summary.isEmpty ? "Nothing was found" : "Erased: " + sentence(summary)). The file was written anew."
                )
                guard let text else { return ExitCode.done.rawValue }
                return try prove(archive, text, input[path]).rawValue
            }
        }
    }

    private static func request(
        _ executions: [ForgottenExecution], label: String?, variable: String?, value: String?
    ) throws -> ForgetRequest {
        let kinds = [label, variable, value].compactMap { $0 }.count
        guard kinds <= 1, kinds == 1 || !executions.isEmpty,
            executions.isEmpty || variable != nil || kinds == 0
        else { throw UsageError("Say one thing to forget: --execution, --label, --variable or --value.") }
        if let label {
            guard let equals = label.firstIndex(of: "=") else {
                throw UsageError("'\(label)' is no label; write --label KEY=VALUE.")
            }
            return .label(key: String(label[..<equals]), value: String(label[label.index(after: equals)...]))
        }
        if let variable {
            guard executions.count <= 1 else { throw UsageError("--variable takes one --execution at most.") }
            return .variable(variable, of: executions.first)
        }
        guard let value else { return .executions(executions) }
        guard value.utf8.count >= ForgetRequest.shortestValue else {
            throw UsageError(
                "A text of fewer than \(ForgetRequest.shortestValue) bytes stands in too many places by chance; forget its variable or its executions."
            )
        }
        return .value(value)
    }

    /// All of it, without the line's end.
    private static func standardInput() throws -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = read(STDIN_FILENO, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw UsageError("What standard input gave is no text.")
        }
        return text
    }

    private static func refuse(_ identifiers: [String]) throws {
        guard let first = identifiers.first else { return }
        throw Failure(
            "The text is part of a name that others refer to, such as \(first) (\(identifiers.count) in all): it cannot be taken out. Forget the executions instead. Nothing was done."
        )
    }

    private static func sentence(_ summary: ForgetSummary) -> String {
        var parts = [MergeText.count(summary.executions.count, "execution")]
        if summary.definitions > 0 { parts.append(MergeText.count(summary.definitions, "definition")) }
        if summary.problems > 0 { parts.append(MergeText.count(summary.problems, "row") + " of the journal") }
        return parts.joined(separator: ", ")
    }

    private static func prove(_ archive: Archive, _ text: String, _ path: String) throws -> ExitCode {
        let proof = try archive.proveForgotten(text)
        let searched = """
            \(HarvestRun.bytes(proof.fileBytes)) of files, \(proof.cells) values in tables, \
            \(HarvestRun.bytes(proof.messageBytes)) of messages and \
            \(proof.dictionaries) trained for packing, in \(proof.forms) ways of writing it
            """
        guard proof.found.isEmpty else {
            Terminal.say(
                "The text still stands in \(Set(proof.found).sorted().joined(separator: ", ")); searched: \(searched)."
            )
            return .findings
        }
        try Terminal.print("No byte of it is left in '\(path)': searched \(searched).\n")
        return .done
    }
}
