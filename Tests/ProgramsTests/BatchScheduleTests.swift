import Programs
import Testing

@Suite("Which rows a worker gets next")
struct BatchScheduleTests {
    private func schedule(
        retries: Int = 0, mostGuilty: Int? = 3, window: Int = 4, isOrdered: Bool = true
    ) -> BatchSchedule {
        BatchSchedule(
            BatchSchedule.Rules(retries: retries, mostGuilty: mostGuilty, window: window, isOrdered: isOrdered))
    }

    /// Works all that waits off; the rows in `bad` make a piece fail.
    private func work(_ schedule: inout BatchSchedule, bad: Set<Int>) -> (calls: Int, verdicts: [BatchSchedule.Verdict])
    {
        var calls = 0
        var verdicts: [BatchSchedule.Verdict] = []
        while let piece = schedule.start() {
            calls += 1
            if piece.rows.contains(where: bad.contains) {
                verdicts.append(schedule.failed(piece))
                if verdicts.last == .stop { break }
            } else {
                schedule.answered(piece)
            }
        }
        return (calls, verdicts)
    }

    @Test("a failing batch is divided until the guilty rows stand alone", arguments: [[0], [99], [17, 18, 64]])
    func dividing(bad: [Int]) {
        var schedule = schedule()
        #expect(schedule.take(rows: 100) == 0)
        schedule.end()
        let (calls, verdicts) = work(&schedule, bad: Set(bad))
        #expect(verdicts.count { $0 == .guilty } == bad.count)
        #expect(schedule.guilty == bad.count)
        #expect(calls <= 1 + bad.count * 14)
        #expect(schedule.finish() == 0)
        #expect(schedule.isDone)
    }

    @Test("more guilty rows than there may be stop it")
    func limit() {
        var schedule = schedule()
        _ = schedule.take(rows: 8)
        #expect(work(&schedule, bad: Set(0..<8)).verdicts.last == .stop)
        #expect(schedule.guilty == 3)
    }

    @Test("without quarantine the first failure stops it, after its repetitions")
    func failing() {
        var schedule = schedule(retries: 2, mostGuilty: nil)
        _ = schedule.take(rows: 8)
        #expect(work(&schedule, bad: [1]).verdicts == [.again, .again, .stop])
    }

    @Test("a whole batch is tried again, its parts are not")
    func retries() {
        var schedule = schedule(retries: 1)
        _ = schedule.take(rows: 2)
        #expect(work(&schedule, bad: [1]).verdicts == [.again, .divided, .guilty])
    }

    @Test("a batch without rows has nobody to blame")
    func empty() {
        var schedule = schedule()
        _ = schedule.take(rows: 0)
        let piece = schedule.start()
        #expect(piece?.rows.isEmpty == true)
        if let piece { #expect(schedule.failed(piece) == .stop) }
    }

    @Test("only so many batches are under way, and a batch that is not handed on counts")
    func window() {
        var schedule = schedule(window: 2)
        _ = schedule.take(rows: 1)
        #expect(schedule.hasRoom)
        _ = schedule.take(rows: 1)
        #expect(!schedule.hasRoom)
        let first = schedule.start()
        let second = schedule.start()
        #expect(schedule.start() == nil)
        if let second { schedule.answered(second) }
        #expect(schedule.finish() == nil)
        #expect(!schedule.hasRoom)
        if let first { schedule.answered(first) }
        #expect(schedule.finish() == 0)
        #expect(schedule.hasRoom)
        #expect(schedule.finish() == 1)
        #expect(!schedule.isDone)
        schedule.end()
        #expect(schedule.isDone)
    }

    @Test("without an order no batch waits for an earlier one")
    func unordered() {
        var schedule = schedule(isOrdered: false)
        for _ in 0..<3 { _ = schedule.take(rows: 1) }
        let pieces = (0..<3).compactMap { _ in schedule.start() }
        schedule.answered(pieces[2])
        #expect(schedule.finish() == 2)
        schedule.answered(pieces[0])
        #expect(schedule.finish() == 0)
        #expect(schedule.finish() == nil)
    }

    @Test("parts of the oldest batch come first")
    func oldestFirst() {
        var schedule = schedule()
        _ = schedule.take(rows: 2)
        _ = schedule.take(rows: 2)
        guard let first = schedule.start() else { return #expect(Bool(false)) }
        #expect(schedule.failed(first) == .divided)
        #expect(schedule.start()?.rows == 0..<1)
        #expect(schedule.start()?.rows == 1..<2)
        #expect(schedule.start()?.batch == 1)
    }
}
