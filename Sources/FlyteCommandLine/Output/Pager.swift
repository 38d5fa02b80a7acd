import FlyteAdmin
import Glibc

/// A program that shows an answer a screen at a time, as `$PAGER` or `less`.
///
/// It takes the terminal until the reader leaves it; whoever opened it waits.
struct Pager {
    private let process: pid_t
    /// Where the answer goes. Once nobody reads it any more a write says EPIPE.
    let descriptor: Int32

    /// The command of the pager that is wanted: `$PAGER`, else `less` where there is one; nil for none, as `cat` is.
    static func command(
        environment: FlyteSettings.Environment = FlyteSettings.processEnvironment
    ) -> String? {
        let command = environment("PAGER") ?? "less"
        let words = command.split(separator: " ")
        guard let program = words.first, program != "cat", environment("TERM") != "dumb" else { return nil }
        // A shell that does not find it would swallow the answer.
        let isPlain = program.utf8.allSatisfy {
            ("a"..."z").contains(Character(Unicode.Scalar($0)))
                || ("A"..."Z").contains(Character(Unicode.Scalar($0)))
                || ("0"..."9").contains(Character(Unicode.Scalar($0))) || "/._-".utf8.contains($0)
        }
        guard isPlain else { return command }
        let path = environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        let isThere =
            program.utf8.contains(UInt8(ascii: "/"))
            ? access(String(program), X_OK) == 0
            : path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
        return isThere ? command : nil
    }

    /// Starts it; nil where that fails.
    init?(_ command: String) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        // What git asks of less: end at once where all fits, pass colours on, leave the text on the screen.
        setenv("LESS", "FRX", 0)
        setenv("LV", "-c", 0)
        // Answers are UTF-8 whatever the locale says.
        setenv("LESSCHARSET", "utf-8", 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores the pager must not.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGPIPE, SIGXFSZ, SIGINT] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var process: pid_t = 0
        let words: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", command].map { (word: String) in
            strdup(word)
        }
        defer { for word in words { free(word) } }
        let failure = posix_spawn(&process, "/bin/sh", &actions, &attributes, words + [nil], environ)
        Glibc.close(ends[0])
        guard failure == 0 else {
            Glibc.close(ends[1])
            return nil
        }
        self.process = process
        descriptor = ends[1]
        // Ctrl-C is the pager's while it has the terminal.
        signal(SIGINT, SIG_IGN)
    }

    /// Says that this was all, and waits until the reader has left.
    func close() {
        Glibc.close(descriptor)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        signal(SIGINT, SIG_DFL)
    }
}
