import CommandLineParser
import FlyteModel
import FlyteServer

extension Command {
    /// Answers the Admin API from the sample installation.
    static let serve = Command(
        "serve", "Answers Flyte's Admin API from the sample installation, on this machine only."
    ) {
        declare in
        declare.details(
            """
            The sample installation has two projects with two domains each, and ten weeks of executions of every kind: \
            failures with tracebacks, retries, cache hits, map tasks, dynamic and nested workflows, gates, hostile texts. \
            It answers as the real server does, in protobuf and JSON. The same options give the same installation.
            """)
        let isSample = declare.flag("sample", "Serve the sample installation.")
        let sample = SampleOptions(&declare)
        let port = declare.option("port", "N", "The port of 127.0.0.1. Default: 8088; 0 takes a free one.") {
            text throws(UsageError) in
            guard let port = UInt16(text) else {
                throw UsageError("'\(text)' is no port: a number from 0 to 65535.")
            }
            return port
        }
        declare.example("flightlog serve --sample", "Serves it until Ctrl-C.")
        declare.example(
            "curl -H 'Accept: application/json' http://127.0.0.1:8088/api/v1/projects",
            "Asks it, in another terminal.")
        declare.example("flightlog harvest sample.db --endpoint http://127.0.0.1:8088", "Harvests it.")
        return { input in
            guard input[isSample] else {
                throw UsageError(
                    "There is nothing to serve; 'flightlog serve --sample' serves the sample installation.")
            }
            Interrupt.hold()
            var options = AdminServer.Options()
            options.port = input[port] ?? 8088
            let server = try AdminServer(
                SampleInstallation(try sample.options(input)).installation, options: options)
            try Terminal.print("\(server.address)\n")
            Terminal.say("Serving the sample installation until Ctrl-C.")
            Interrupt.wait()
            server.stop()
            return ExitCode.done.rawValue
        }
    }
}
