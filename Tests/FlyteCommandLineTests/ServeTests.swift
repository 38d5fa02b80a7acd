import FlyteModel
import FlyteServer
import Foundation
import TestSupport
import Testing

/// The server inside, its switches, and the check-up, as users run them.
struct ServeTests {
    @Test func theDoctorSaysWhatAServerWithSwitchesHides() throws {
        try TemporaryFolder.with { folder in
            let log = folder + "/requests.log"
            try Tool.serving(["--no-sign", "--message-limit", "30000", "--log", log]) { address in
                let result = try Tool.run("doctor", "--endpoint", address)
                #expect(result.code == 0 && result.err.isEmpty, "\(result.err)")
                for words in [
                    "\nnote     signed URLs", "remoteData.signedUrls.enabled: true",
                    "Answers over 30000 bytes",
                    "server.grpc.maxMessageSizeBytes", "\nProblems: 0. Notes: 2. Requests: ",
                ] {
                    #expect(result.out.contains(words), "\(result.out)")
                }
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count <= 30)
                #expect(lines.first?.hasSuffix(" GET /healthcheck 200") == true)
                #expect(lines.allSatisfy { $0.contains(" GET /") })
            }
        }
    }

    @Test func theDoctorsExitCodeTellsProblemsFromSilence() throws {
        try Tool.serving(["--fault", "lost-filters"]) { address in
            let result = try Tool.run("doctor", "--endpoint", address, "--format", "json")
            #expect(result.code == 3)
            let rows = try #require(
                try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [[String: Any]])
            let problems = rows.filter { $0["state"] as? String == "problem" }
            #expect(problems.map { $0["check"] as? String } == ["filters", "archived"])
        }
        let port = try RawServer.closedPort()
        let nobody = try Tool.run("doctor", "--endpoint", "http://127.0.0.1:\(port)")
        #expect(nobody.code == 1 && nobody.out.contains("problem  connection"))
    }

    @Test(arguments: [
        (["--fault", "floods"], "no fault 'floods'"), (["--fault", "503:2"], "'2' is no share"),
        (["--latency", "-1"], "'-1' is no number of milliseconds"),
        (["--poison", "x"], "'x' is no execution"),
        (["--rate-limit", "0"], "'0' is no number of requests a second"),
        (["--rate-limit", "9:x"], "'x' is no number of requests"),
        (["--retry-after", "1"], "--retry-after is what refusals of --rate-limit say"),
        (["--require-token", "0"], "'0' is no number of seconds"),
    ])
    func aWrongSwitchIsRefused(options: [String], words: String) throws {
        let result = try Tool.run(["serve", "--sample"] + options)
        #expect(result.code == 64 && result.err.contains(words), "\(result.err)")
    }

    @Test func aTokenIsWanted() throws {
        try Tool.serving(["--require-token", "60"]) { address in
            try TemporaryFolder.with { folder in
                let config = folder + "/config.yaml"
                let secret = folder + "/secret"
                try "open-sesame\n".write(toFile: secret, atomically: true, encoding: .utf8)
                try """
                admin:
                  endpoint: \(address.dropFirst("http://".count))
                  insecure: true
                  clientId: flightlog
                  clientSecretLocation: \(secret)

                """.write(toFile: config, atomically: true, encoding: .utf8)
                let without = try Tool.run("doctor", "--endpoint", address)
                #expect(without.code == 3 && without.out.contains("problem  log-in"), "\(without.out)")
                let with = try Tool.run("doctor", "--config", config)
                #expect(with.code == 0 && with.out.contains("ok       log-in"), "\(with.out)")
                #expect(!with.out.contains("open-sesame"))
            }
        }
    }
}
