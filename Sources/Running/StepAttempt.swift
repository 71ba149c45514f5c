import Planning
import Project

/// One attempt to make a step.
struct StepAttempt: Sendable {
    let start: RunSchedule.Start
    let kind: String
    /// The number of steps of the run.
    let count: Int
    let run: RunID
    let performer: any StepPerformer
    let events: EventStream
    let now: @Sendable () -> Int

    enum Outcome: Sendable {
        case done(StepResult)
        case failed(StepFailure)
    }

    func perform() async -> Outcome {
        let begin = now()
        let step = start.step
        events.emit(
            .stepStarted(
                StepStart(
                    dataset: step.dataset, kind: kind, reasons: step.reasons, index: start.index, count: count,
                    attempt: start.attempt, waited: start.waited)))
        func seconds() -> Double { Double(now() - begin) / 1000 }
        do {
            var result = try await performer.perform(step, run: run) { events.emit($0) }
            result.seconds = seconds()
            return .done(result)
        } catch {
            var failure = StepFailure(error, of: step)
            failure.seconds = seconds()
            return .failed(failure)
        }
    }

    /// Performs the attempt, and cancels it when the signal is given.
    func perform(until stop: StopSignal) async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await perform() }
            group.addTask {
                await stop.wait()
                return nil
            }
            var outcome: Outcome?
            while outcome == nil, let next = await group.next() {
                outcome = next
                // Either the attempt is over, or it is to be.
                group.cancelAll()
            }
            return outcome ?? .failed(StepFailure(CancellationError(), of: start.step))
        }
    }
}

/// Given once, by whoever wants an attempt to end.
struct StopSignal: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func give() { continuation.finish() }

    /// Returns when the signal was given, or the task is cancelled.
    func wait() async { for await _ in stream {} }
}
