import FlyteAdmin
import Glibc

extension Terminal {
    /// Whoever can log in at a browser; nil when no person is at a terminal, as in cron.
    static var logInPrompt: LogInPrompt? {
        guard isTerminal(STDIN_FILENO), isTerminal(STDERR_FILENO) else { return nil }
        return LogInPrompt(tell: say, open: openInBrowser)
    }

    /// By `$BROWSER`, else `xdg-open`. Where there is neither, the address stands on the terminal.
    private static func openInBrowser(_ address: String) {
        let command = FlyteSettings.processEnvironment("BROWSER") ?? "xdg-open"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(command), strdup(address), nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        _ = posix_spawnp(&process, command, &actions, nil, &arguments, environ)
    }
}
