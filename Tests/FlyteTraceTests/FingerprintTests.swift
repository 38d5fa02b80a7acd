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
            parts(Self.traceback) == [
                "USER", "C", "FileNotFoundError",
                "FileNotFoundError: [Errno <n>] No such file or directory: '<text>'", "train.py:train",
                "load.py:load",
            ])
    }

    @Test func linesPathsAndValuesOfATracebackDoNotMatter() {
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
        #expect(
            parts(message) == [
                "USER", "C", "botocore.exceptions.ClientError", "botocore.exceptions.ClientError: x",
                "wf.py:foo",
            ])
    }

    @Test func ofChainedExceptionsTheLastAndTheFirstCount() {
        let message = """
            Traceback (most recent call last):
              File "a.py", line 1, in first
            KeyError: 'k'

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "b.py", line 2
            RuntimeError: no k
            """
        #expect(
            parts(message) == [
                "USER", "C", "RuntimeError", "RuntimeError: no k", "b.py:<module>", "KeyError",
                "KeyError: '<text>'",
                "a.py:first",
            ])
        #expect(parts(message) != parts(message.replacing("KeyError", with: "IndexError")))
    }

    @Test func whereAllFramesAreForeignTheInnermostCount() {
        let message = """
            Traceback (most recent call last):
              File "/usr/lib/python3/dist-packages/flytekit/bin/entrypoint.py", line 1, in main
            SystemExit: 2
            """
        #expect(parts(message) == ["USER", "C", "SystemExit", "SystemExit: 2", "entrypoint.py:main"])
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
        Masked("column 'amount' has 17 nulls", "column '<text>' has <n> nulls"),
        Masked(
            "[3/3] currentAttempt done. Last Error: USER::Pod failed. No message received from kubernetes.\r\n"
                + "[fbvtq3ii-n0-0] terminated with exit code (137). Reason [OOMKilled]. Message: \n.",
            "Pod failed. No message received from kubernetes. [<id>] terminated with exit code (137). "
                + "Reason [OOMKilled]. Message: ."),
        Masked(
            "Back-off pulling image \"cr.io/team/app:v1.2\"", "Back-off pulling image \"cr.io/team/app:v1.2\""
        ),
        Masked("image: cr.io/app:v1, image 3 of 4", "image: cr.io/app:v1, image <n> of <n>"),
        Masked("exited with code -9, exit status 3, code 7", "exited with code -9, exit status 3, code <n>"),
        Masked("1,234 of 12,345,678.9 rows, [1,2]", "<n> of <n> rows, [<n>,<n>]"),
        Masked("no data/monday.csv, ./x, ../y/z, ~/w", "no <path>, <path>, <path>, <path>"),
        Masked("no C:\\Users\\me\\x.csv or \\\\host\\share", "no <path> or <path>"),
        Masked("read/write and/or", "read/write and/or"),
        Masked(
            "can't find \"a b\", 'c', `d`; the users' 'e'",
            "can't find \"<text>\", '<text>', `<text>`; the users' '<text>'"),
        Masked("\u{1B}[31mred\u{1B}[0m \u{9B}1mbold", "red bold"),
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

    // Fingerprints are stored: when these change, `Fingerprint.rule` must.
    @Test func theTextOfRuleTwoStays() {
        #expect(
            Fingerprint(kind: "USER", code: "OOMKilled", message: "Pod failed").text == "2:1b399a5680bd2857")
        #expect(Fingerprint(kind: "", code: "", message: "").text == "2:f998341be47bae14")
        #expect(Fingerprint(kind: "USER", code: "C", message: Self.traceback).text == "2:f5d35f9d695fe84a")
    }

    @Test func theRuleOfAFingerprintIsKnown() {
        #expect(Fingerprint.rule(of: Fingerprint(kind: "", code: "", message: "").text) == Fingerprint.rule)
        #expect(Fingerprint.rule(of: "1:1b399a5680bd2857") == 1)
        #expect(Fingerprint.rule(of: "other") == nil)
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        var first: String
        var second: String
        var testDescription: String { first.prefix(60) + " | " + second.prefix(60) }

        init(_ first: String, _ second: String) { (self.first, self.second) = (first, second) }
    }

    static func raised(_ line: String, source: String = "raise_it()") -> String {
        """
        Traceback (most recent call last):
          File "/root/wf.py", line 3, in work
            \(source)
            ~~~~~~~~^^
        \(line)
        """
    }

    @Test(arguments: [
        Pair("[2]: element 2 is broken\n", "[2]: element 2 is broken\n[7]: element 7 is broken\n"),
        Pair("[0]: x 1", "[0-3][8]: x 2\n[9]: x 3\n... and many more."),
        Pair("[1]: low memory\n[2]: late\n", "[4]: late\n[5]: low mem\n[6]: low memory\n"),
        Pair("column 'amount' is missing", "column 'price of it' is missing"),
        Pair("cannot read in/monday.csv", "cannot read in/tuesday.csv"),
        Pair("cannot read C:\\in\\monday", "cannot read D:\\out\\tuesday"),
        Pair("expected 1,234 rows", "expected 999 rows"), Pair("\u{1B}[1;31mno\u{1B}[0m rows", "no rows"),
        Pair(raised("ValueError: 'a' is 1"), raised("ValueError: 'b' is 22")),
    ]) func theSameFailureHasOneFingerprint(_ pair: Pair) {
        #expect(parts(pair.first) == parts(pair.second))
    }

    @Test(arguments: [
        Pair("terminated with exit code (137).", "terminated with exit code (3)."),
        Pair("Back-off pulling image \"a/b:v1\"", "Back-off pulling image \"a/b:v2\""),
        Pair("[1]: low memory\n", "[1]: late\n"), Pair(raised("my_error: x"), raised("other_error: x")),
        Pair(raised("_Late: x"), raised("_Early: x")), Pair(raised("lib.bad: x"), raised("lib.worse: x")),
        Pair(raised("ValueError: no rows"), raised("ValueError: too many columns")),
        Pair(raised("SystemExit: 2"), raised("SystemExit: 3")),
    ]) func differentFailuresHaveDifferentFingerprints(_ pair: Pair) {
        #expect(parts(pair.first) != parts(pair.second))
    }

    @Test func anAnnotatedLineOfCodeIsNoType() {
        #expect(
            parts(Self.raised("KeyError: 1", source: "Total: int = compute()")) == [
                "USER", "C", "KeyError", "KeyError: <n>", "wf.py:work",
            ])
    }

    @Test func theKindBeforeTheTypeInACodeDoesNotMatter() {
        #expect(parts("x", code: "USER:ValueError") == parts("x", code: "ValueError"))
        #expect(
            parts("x", code: "RetriesExhausted|SYSTEM:Unknown") == parts("x", code: "Unknown"))
    }

    @Test func hostileLengthsAreReadInTime() {
        for unit in ["('a", "....", "\u{1B}]", "[1]: ", "1,", "\"\\", "a:", "[1]: a\n"] {
            let fingerprint = Fingerprint(
                kind: "USER", code: "", message: String(repeating: unit, count: 20_000 / unit.utf8.count))
            #expect(fingerprint.text.count == 18)
        }
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
