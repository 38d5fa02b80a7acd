import Testing

@testable import FlyteHarvest

struct ArchiveWriterTests {
    @Test(arguments: [
        (Duration.zero, Duration.milliseconds(100)), (.milliseconds(20), .milliseconds(100)),
        (.milliseconds(50), .milliseconds(200)), (.seconds(1), .seconds(4)), (.seconds(60), .seconds(5)),
    ])
    func committingTakesAFifthOfTheTimeAtMost(took: Duration, interval: Duration) {
        #expect(ArchiveWriter.interval(after: took) == interval)
    }
}
