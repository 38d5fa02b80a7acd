import CommandLineParser
import FlyteArchive
import FlyteBrowser
import Glibc

extension Command {
    /// The archive in a browser.
    static let browse = Command("browse", "Shows an archive in a browser, on this machine only.") { declare in
        declare.details(
            """
            Lists and searches of executions, the pages of 'report' for whatever is clicked, and the named questions; each page \
            has an address that can be kept, and needs no JavaScript. It listens on the loopback interface alone, and answers \
            only who names this machine: everybody with an account here can read it, and nobody else. Each page reads the \
            archive as it is at that moment, also while a harvest writes. Ctrl-C ends it.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let port = declare.option("port", "N", "The port to listen on; 0 takes a free one. Default: 0.") {
            text throws(UsageError) in
            guard let port = UInt16(text) else { throw UsageError("'\(text)' is no port.") }
            return port
        }
        let staysClosed = declare.flag("no-open", "Tells the address, and opens no browser.")
        let zone = ZoneOption(
            &declare, "Times, days and weeks are those of this zone, such as Europe/Berlin, or local")
        declare.example("flightlog browse runs.db")
        declare.example("flightlog browse runs.db --port 8090 --no-open", "Over ssh -L 8090:127.0.0.1:8090.")
        return { input in
            // What cannot be read is said here, and not by every page.
            try Archive(path: input[path], mode: .readOnly).requireNewest()
            Interrupt.hold()
            let server = try BrowserServer(
                archive: input[path], port: input[port] ?? 0, in: zone.rules(input))
            try Terminal.print("\(server.address)\n")
            Terminal.say("The archive is at this address until Ctrl-C.")
            if !input[staysClosed], Terminal.isTerminal(STDOUT_FILENO) { openBrowser(server.address) }
            Interrupt.wait()
            server.stop()
            return ExitCode.done.rawValue
        }
    }

    /// With what the desktop has for it. Where there is none, the address was told.
    private static func openBrowser(_ address: String) {
        let words = ["xdg-open", address]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // What it has to say is of no use here.
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var child: pid_t = 0
        _ = posix_spawnp(&child, "xdg-open", &actions, nil, &arguments, environ)
    }
}
