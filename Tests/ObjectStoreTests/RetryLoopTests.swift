import Testing

@testable import ObjectStore

@Suite("Trying again")
struct RetryLoopTests {
    private let policy = RetryPolicy(tries: 4, triesToConnect: 2, firstWait: 100, longestWait: 300)

    @Test("an answer ends it, whatever came before")
    func answered() {
        var loop = RetryLoop(policy)
        #expect(loop.decide(.refusedForNow) == .retry(within: 100))
        #expect(loop.decide(.answered) == .finish)
        #expect(!loop.mayBeDone)
    }

    @Test("the waits' bound doubles up to the longest, and the tries are counted")
    func bounds() {
        var loop = RetryLoop(policy)
        #expect(loop.decide(.refusedForNow) == .retry(within: 100))
        #expect(loop.decide(.refusedForNow) == .retry(within: 200))
        #expect(loop.decide(.refusedForNow) == .retry(within: 300))
        #expect(loop.decide(.refusedForNow) == .giveUp)
        #expect(RetryPolicy().bound(afterFailures: 1_000_000) == RetryPolicy().longestWait)
    }

    @Test("a service that was never reached is given up sooner")
    func unreachable() {
        var loop = RetryLoop(policy)
        #expect(loop.decide(.unreachable) == .retry(within: 100))
        #expect(loop.decide(.unreachable) == .giveUp)
        #expect(!loop.mayBeDone)
        var later = RetryLoop(policy)
        #expect(later.decide(.refusedForNow) == .retry(within: 100))
        #expect(later.decide(.unreachable) == .retry(within: 200))
    }

    @Test("after a try without an answer it may be done, for good", arguments: [RetryLoop.Outcome.failed, .unanswered])
    func mayBeDone(outcome: RetryLoop.Outcome) {
        var loop = RetryLoop(policy)
        _ = loop.decide(outcome)
        _ = loop.decide(.refusedForNow)
        #expect(loop.mayBeDone)
    }

    @Test(
        "each answer is told apart",
        arguments: [
            (503, "SlowDown", RetryLoop.Outcome.refusedForNow), (429, "", .refusedForNow), (503, "", .failed),
            (500, "InternalError", .failed), (502, "", .failed), (504, "", .failed),
            (400, "RequestTimeout", .refusedForNow), (409, "ConditionalRequestConflict", .refusedForNow),
            (409, "", .refusedForNow), (409, "BucketNotEmpty", .answered), (412, "PreconditionFailed", .answered),
            (404, "NoSuchKey", .answered), (403, "AccessDenied", .answered), (501, "NotImplemented", .answered),
            (507, "", .answered), (200, "InternalError", .failed), (200, "SlowDown", .refusedForNow),
        ])
    func outcomes(status: Int, code: String, outcome: RetryLoop.Outcome) throws {
        let body = code.isEmpty ? "" : "<Error><Code>\(code)</Code><Message>m</Message></Error>"
        let fault = try #require(S3Fault(S3Response(status: status, body: Array(body.utf8)), .post))
        #expect(fault.outcome == outcome)
    }
}
