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
            It answers as the real server does, in protobuf and JSON. The same options give the same installation. \
            Executions can be launched, relaunched, recovered, terminated and archived there, and gates answered, by the \
            same API; they go on as time passes, until the server ends. \
            With --virtual-clock time stands still until 'POST /control/advance?seconds=N' moves it: open executions \
            go on, new ones begin, and what was done stays done.
            """)
        let isSample = declare.flag("sample", "Serve the sample installation.")
        let sample = SampleOptions(&declare)
        let server = ServerOptions(&declare)
        let isVirtual = declare.flag(
            "virtual-clock", "The server's clock stands at the end of the history, until it is told to move.")
        declare.example("flightlog serve --sample", "Serves it until Ctrl-C.")
        declare.example(
            "curl -H 'Accept: application/json' http://127.0.0.1:8088/api/v1/projects",
            "Asks it, in another terminal.")
        declare.example("flightlog harvest sample.db --endpoint http://127.0.0.1:8088", "Harvests it.")
        declare.example(
            "flightlog serve --sample --latency 20 --fault 503:0.1 --fault reset:0.05 --log requests.log",
            "A bad day, to try a harvester on.")
        return { input in
            guard input[isSample] else {
                throw UsageError(
                    "There is nothing to serve; 'flightlog serve --sample' serves the sample installation.")
            }
            Interrupt.hold()
            var options = try server.options(input)
            let isVirtual = input[isVirtual]
            let stage = SampleStage(try sample.options(input), clock: isVirtual ? nil : options.clock)
            options.engine = stage
            if isVirtual { options.clock = stage.now }
            options.control = { request in
                stage.goOn()
                return isVirtual ? stage.answer(request) : nil
            }
            let server = try AdminServer(stage.installation, options: options)
            try Terminal.print("\(server.address)\n")
            Terminal.say("Serving the sample installation until Ctrl-C.")
            Interrupt.wait()
            server.stop()
            return ExitCode.done.rawValue
        }
    }
}
