import FlyteTrace
import Testing

@Suite struct FingerprintTests {
    private func parts(_ message: String, kind: String = "USER", code: String = "C") -> [String] {
        Fingerprint(kind: kind, code: code, message: message).parts
    }

    static let traceback = """
        Trace:

            Traceback (most recent call last):
              File "/usr/local/lib/python3.11/site-packages/flytekit/core/base_task.py", line 740, in dispatch_execute
                native_outputs = self.execute(**native_inputs)
              File "/root/pipeline/train.py", line 88, in train
                model.fit(load(day))
              File "/root/pipeline/load.py", line 12, in load
                return pandas.read_parquet(path)
              File "/usr/local/lib/python3.11/site-packages/pandas/io/parquet.py", line 667, in read_parquet
                return impl.read(
            FileNotFoundError: [Errno 2] No such file or directory: '/data/2026-01-05.parquet'

        Message:

            FileNotFoundError: [Errno 2] No such file or directory: '/data/2026-01-05.parquet'
        """

    @Test func aTracebackIsItsExceptionAndTheInnermostFramesOfTheUser() {
        #expect(
            parts(Self.traceback) == ["USER", "C", "FileNotFoundError", "train.py:train", "load.py:load"])
    }

    @Test func linesPathsAndMessagesOfATracebackDoNotMatter() {
        let other = Self.traceback.replacing("line 88", with: "line 91").replacing("2026-01-05", with: "x")
            .replacing("/root/pipeline/", with: "/app/src/")
        #expect(
            Fingerprint(kind: "USER", code: "C", message: other)
                == Fingerprint(kind: "USER", code: "C", message: Self.traceback))
    }

    @Test func anotherFunctionIsAnotherFailure() {
        let other = Self.traceback.replacing("in load\n", with: "in load_all\n")
        #expect(
            Fingerprint(kind: "USER", code: "C", message: other).text
                != Fingerprint(kind: "USER", code: "C", message: Self.traceback).text)
    }

    @Test func theTypeMayStandUnderTheHeadingMessage() {
        let message = """
            Traceback (most recent call last):

                  File "/root/wf.py", line 8, in foo
                    raise botocore.exceptions.ClientError("x")

            Message:

                botocore.exceptions.ClientError: x

            User error.
            """
        #expect(parts(message) == ["USER", "C", "botocore.exceptions.ClientError", "wf.py:foo"])
    }

    @Test func ofChainedExceptionsTheLastCounts() {
        let message = """
            Traceback (most recent call last):
              File "a.py", line 1, in first
            KeyError: 'k'

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "b.py", line 2
            RuntimeError: no k
            """
        #expect(parts(message) == ["USER", "C", "RuntimeError", "b.py:<module>"])
    }

    @Test func whereAllFramesAreForeignTheInnermostCount() {
        let message = """
            Traceback (most recent call last):
              File "/usr/lib/python3/dist-packages/flytekit/bin/entrypoint.py", line 1, in main
            SystemExit: 2
            """
        #expect(parts(message) == ["USER", "C", "SystemExit", "entrypoint.py:main"])
    }

    struct Masked: Sendable, CustomTestStringConvertible {
        var message: String
        var masked: String
        var testDescription: String { masked }

        init(_ message: String, _ masked: String) {
            self.message = message
            self.masked = masked
        }
    }

    @Test(arguments: [
        Masked("column 'amount' has 17 nulls", "column 'amount' has <n> nulls"),
        Masked(
            "[3/3] currentAttempt done. Last Error: USER::Pod failed. No message received from kubernetes.\r\n"
                + "[fbvtq3ii-n0-0] terminated with exit code (137). Reason [OOMKilled]. Message: \n.",
            "Pod failed. No message received from kubernetes. [<id>] terminated with exit code (<n>). "
                + "Reason [OOMKilled]. Message: ."),
        Masked("Back-off pulling image \"cr.io/team/app:v1.2\"", "Back-off pulling image \"<path>\""),
        Masked("GET https://h:80/a?b=1&c=2, failed", "GET <uri>, failed"),
        Masked("s3://bucket/k/000 not found", "<uri> not found"),
        Masked("took 3.5s until 2026-01-05T10:00:00Z", "took <id> until <time>"),
        Masked("at 10:00:00 in /var/lib/x: full", "at <time> in <path>: full"),
        Masked("f3a9:name wait-vanished-n0-0", "<id> <id>"),
        Masked("code:404 [2]: element 2 is broken\n", "code:<n> [<n>]: element <n> is broken"),
        Masked("größe läuft, 例外 – nein / ja", "größe läuft, 例外 – nein / ja"),
        Masked("[not a wrapper] text", "[not a wrapper] text"), Masked("", ""), Masked("a://", "<uri>"),
    ]) func masks(_ expected: Masked) {
        #expect(FailureMessage(expected.message).masked == expected.masked)
    }

    @Test func theEnginesWrappingDoesNotMatter() {
        let bare = Fingerprint(kind: "USER", code: "OOMKilled", message: "Pod failed 1")
        let wrapped = Fingerprint(
            kind: "USER", code: "RetriesExhausted|OOMKilled",
            message: "[2/2] currentAttempt done. Last Error: USER::Pod failed 2")
        #expect(bare == wrapped)
    }

    // Fingerprints are stored: when this changes, `Fingerprint.version` must.
    @Test func theTextOfVersionOneStays() {
        #expect(
            Fingerprint(kind: "USER", code: "OOMKilled", message: "Pod failed").text == "1:1b399a5680bd2857")
        #expect(Fingerprint(kind: "", code: "", message: "").text == "1:f998341be47bae14")
    }

    @Test(arguments: UInt64(0)..<200)
    func anyBytesHaveAFingerprint(seed: UInt64) {
        var state = seed &* 2_654_435_761 &+ 1
        let words = [
            "Traceback (most recent call last):\n", "  File \"", "\", line 3", ", in f\n", "[1/2] ", "://",
            "/", "\r\n", "9", ".", ":", "currentAttempt done. Last Error: ", "A::", "é", "\u{0}", "E: x",
        ]
        var message = ""
        for _ in 0..<60 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            message += words[Int(state >> 33) % words.count]
        }
        let fingerprint = Fingerprint(kind: "USER", code: "", message: message)
        #expect(fingerprint.text.count == 18)
        #expect(fingerprint == Fingerprint(kind: "USER", code: "", message: message))
    }
}
