import Testing

@testable import SparkConnect

@Suite("Tries")
struct RetryPolicyTests {
    private let unavailable = SparkFailure(code: 14, message: "gone")

    @Test("waits grow fourfold up to a minute, and fifteen are made")
    func waits() {
        var retries = Retries(.standard)
        var waits: [Duration] = []
        while let wait = retries.wait(after: unavailable, chance: 0) { waits.append(wait) }
        #expect(
            waits.prefix(7) == [
                .milliseconds(50), .milliseconds(200), .milliseconds(800), .milliseconds(3_200), .milliseconds(12_800),
                .milliseconds(51_200), .seconds(60),
            ])
        #expect(waits.count == 15 && waits.last == .seconds(60))
    }

    @Test("chance adds up to half a second to waits of two seconds and more")
    func jitter() {
        var retries = Retries(.standard)
        let waits = (0..<4).map { _ in retries.wait(after: unavailable, chance: 0.5) }
        #expect(waits == [.milliseconds(50), .milliseconds(200), .milliseconds(800), .milliseconds(3_450)])
    }

    @Test("a server's own wish counts, up to ten minutes")
    func requested() {
        func wait(_ requested: Duration) -> Duration? {
            var retries = Retries(.standard)
            return retries.wait(
                after: SparkFailure(code: 8, message: "busy", retryDelay: requested), chance: 0)
        }
        #expect(wait(.seconds(1)) == .seconds(1))
        #expect(wait(.zero) == .milliseconds(50))
        #expect(wait(.seconds(86_400)) == .seconds(600))
    }

    @Test("what will not pass is not tried again")
    func permanent() {
        for failure in [
            SparkFailure(code: 13, message: "[DIVIDE_BY_ZERO]", errorClass: "DIVIDE_BY_ZERO"),
            SparkFailure(code: 16, message: "who are you"), SparkFailure(code: 2, message: "?"),
        ] {
            var retries = Retries(.standard)
            #expect(retries.wait(after: failure, chance: 0) == nil)
        }
        var retries = Retries(.standard)
        let cursor = SparkFailure(code: 13, message: "x", errorClass: "INVALID_CURSOR.DISCONNECTED")
        #expect(retries.wait(after: cursor, chance: 0) != nil)
        var none = Retries(.none)
        #expect(none.wait(after: unavailable, chance: 0) == nil)
    }
}
