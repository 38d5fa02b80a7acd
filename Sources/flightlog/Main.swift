import FlyteCommandLine
import Glibc

@main
struct Main {
    static func main() async {
        exit(await Flightlog.run(Array(CommandLine.arguments.dropFirst())))
    }
}
