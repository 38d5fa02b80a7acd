import CMalloc
import FlyteCommandLine
import Glibc

@main
struct Main {
    static func main() async {
        cmalloc_keep_little()
        exit(await Flightlog.run(Array(CommandLine.arguments.dropFirst())))
    }
}
