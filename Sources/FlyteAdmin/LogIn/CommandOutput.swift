import Glibc

/// Runs a command and takes what it prints.
enum CommandOutput {
    struct Failure: Error {
        /// Without the command's own words.
        var description: String
    }

    /// The command's standard output. It runs without input, and complains on our standard error.
    static func read(of command: [String], timeout: Duration, limit: Int) async throws -> [UInt8] {
        let result: Result<[UInt8], Failure> = await withCheckedContinuation { continuation in
            // Waiting for a process takes a thread, and those of the tasks are few.
            WaitingThread.run {
                continuation.resume(
                    returning: Result { () throws(Failure) in
                        try run(command, timeout: timeout, limit: limit)
                    })
            }
        }
        return try result.get()
    }

    private static func run(
        _ command: [String], timeout: Duration, limit: Int
    ) throws(Failure) -> [UInt8] {
        guard !command.isEmpty else { throw Failure(description: "no command is given") }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: words(errno)) }
        // Other commands that start now must not keep the pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var process = pid_t()
        let status = posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
        for argument in arguments { free(argument) }
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        guard status == 0 else {
            close(ends[0])
            throw Failure(description: "it cannot be run: \(words(status))")
        }
        let output = readAll(from: ends[0], timeout: timeout, limit: limit)
        // A command that still writes must not wait for us while we wait for it.
        close(ends[0])
        if output == nil { kill(process, SIGKILL) }
        var result: Int32 = 0
        while waitpid(process, &result, 0) < 0, errno == EINTR {}
        guard let output else { throw Failure(description: "it did not end in time, or printed too much") }
        guard result == 0 else { throw Failure(description: "it failed") }
        return output
    }

    /// nil when the end did not come in time, or only after too much.
    private static func readAll(from descriptor: Int32, timeout: Duration, limit: Int) -> [UInt8]? {
        let deadline = ContinuousClock.now + timeout
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while output.count <= limit {
            let left = (deadline - .now).components
            guard left.seconds >= 0, left.attoseconds >= 0 else { return nil }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(
                &wait, 1, Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return output }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            output += buffer.prefix(count)
        }
        return nil
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
