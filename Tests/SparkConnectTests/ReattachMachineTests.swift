import Testing

@testable import SparkConnect

@Suite("Executions over several streams")
struct ReattachMachineTests {
    private let broken = SparkFailure(code: 14, message: "connection reset")
    private let unknown = SparkFailure(
        code: 13, message: "[INVALID_HANDLE.OPERATION_NOT_FOUND] …", errorClass: "INVALID_HANDLE.OPERATION_NOT_FOUND")
    private let forgotten = SparkFailure(
        code: 13, message: "[INVALID_HANDLE.SESSION_NOT_FOUND] …", errorClass: "INVALID_HANDLE.SESSION_NOT_FOUND")

    @Test("one stream with everything")
    func whole() {
        var machine = ReattachMachine()
        #expect(machine.start() == .execute)
        _ = machine.received("a", isLast: false)
        #expect(!machine.isComplete)
        let isComplete = machine.received("b", isLast: true)
        #expect(isComplete)
        #expect(machine.ended() == .finish)
        #expect(machine.isComplete)
    }

    @Test("a stream that ends early goes on after the last answer")
    func ended() {
        var machine = ReattachMachine()
        _ = machine.start()
        for answer in ["a", "b", "c"] {
            _ = machine.received(answer, isLast: false)
            #expect(!machine.isComplete)
            #expect(machine.ended() == .reattach(after: answer))
        }
        let isComplete = machine.received("d", isLast: true)
        #expect(isComplete)
        #expect(machine.ended() == .finish)
    }

    @Test("a stream without an answer is followed by a pause, however often")
    func silent() {
        var machine = ReattachMachine()
        _ = machine.start()
        for _ in 0..<100 {
            #expect(machine.ended() == .wait(.milliseconds(50)))
            #expect(machine.resume() == .reattach(after: nil))
        }
    }

    @Test("a broken stream goes on after a wait, and an answer makes all tries anew")
    func broke() {
        var machine = ReattachMachine(RetryPolicy(retries: 2))
        _ = machine.start()
        for answer in ["a", "b", "c", "d"] {
            _ = machine.received(answer, isLast: false)
            #expect(machine.failed(broken) == .wait(.milliseconds(50)))
            #expect(machine.resume() == .reattach(after: answer))
            #expect(machine.failed(broken) == .wait(.milliseconds(200)))
            #expect(machine.resume() == .reattach(after: answer))
        }
    }

    @Test("tries end")
    func givesUp() {
        var machine = ReattachMachine(RetryPolicy(retries: 2))
        _ = machine.start()
        _ = machine.failed(broken)
        _ = machine.resume()
        _ = machine.failed(broken)
        _ = machine.resume()
        #expect(machine.failed(broken) == .fail(broken))
    }

    @Test("what the server was never told is sent again", arguments: [true, false])
    func resent(isOperation: Bool) {
        var machine = ReattachMachine()
        _ = machine.start()
        #expect(machine.failed(broken) == .wait(.milliseconds(50)))
        #expect(machine.resume() == .reattach(after: nil))
        #expect(machine.failed(isOperation ? unknown : forgotten) == .wait(.milliseconds(200)))
        #expect(machine.resume() == .execute)
    }

    @Test(
        "what the server has forgotten after an answer is an error: it must not be done twice",
        arguments: [true, false])
    func forgot(isOperation: Bool) {
        let failure = isOperation ? unknown : forgotten
        var machine = ReattachMachine()
        _ = machine.start()
        _ = machine.received("a", isLast: false)
        #expect(machine.ended() == .reattach(after: "a"))
        #expect(machine.failed(failure) == .fail(failure))
    }

    @Test("an error of Spark's ends it")
    func error() {
        let failure = SparkFailure(code: 13, message: "[DIVIDE_BY_ZERO]", errorClass: "DIVIDE_BY_ZERO")
        var machine = ReattachMachine()
        _ = machine.start()
        #expect(machine.failed(failure) == .fail(failure))
    }

    @Test("a connection that breaks after the last answer does not matter")
    func brokeAtEnd() {
        var machine = ReattachMachine()
        _ = machine.start()
        _ = machine.received("a", isLast: true)
        #expect(machine.failed(broken) == .finish)
        #expect(machine.resume() == .finish)
    }
}
