import Dispatch
import Project
import Recording
import Synchronization

/// Says on a terminal that a command is at work, and since when: one line that is redrawn in place and taken away again.
/// In a pipe, with `--json` and with `--quiet` it says nothing.
final class Activity: Sendable {
    private struct State {
        var text: String
        var startedAt = 0
        var isOver = true
        var isDrawn = false
        var frame = 0
    }

    private let console: Console
    private let state: Mutex<State>

    private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    /// What takes fewer milliseconds need not be announced.
    private static let patience = 300

    init(_ text: String, console: Console) {
        self.console = console
        state = Mutex(State(text: text))
    }

    /// Does the work. Ctrl-C stops it cleanly, and the line is gone when it is over.
    func during<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let interruption = Interruption { self.begin("stopping (Ctrl-C again ends at once)") }
        let timer = start()
        defer { timer?.cancel() }
        do {
            let value = try await interruption.guarding(work)
            end()
            return value
        } catch {
            end()
            if let status = interruption.status { throw Ended(status: status) }
            throw error
        }
    }

    /// Goes on to the next thing.
    func begin(_ text: String) {
        state.withLock { state in
            state.text = text
            state.startedAt = currentMilliseconds()
        }
    }

    /// Writes lines that stay, above the one that is redrawn.
    func print(_ lines: [String]) throws {
        try state.withLock { state in
            Self.erase(&state)
            try console.print(lines)
            try Output.standard.flush()
        }
    }

    private func start() -> (any DispatchSourceTimer)? {
        state.withLock { state in
            state.isOver = false
            state.startedAt = currentMilliseconds()
        }
        guard console.isLive, !console.isQuiet, !console.isJSON else { return nil }
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + .milliseconds(Self.patience), repeating: .milliseconds(100))
        timer.setEventHandler { [weak self] in self?.draw() }
        timer.resume()
        return timer
    }

    private func end() {
        state.withLock { state in
            state.isOver = true
            Self.erase(&state)
        }
    }

    private static func erase(_ state: inout State) {
        guard state.isDrawn else { return }
        state.isDrawn = false
        try? Output.standard.writeNow("\r\u{1B}[K")
    }

    private func draw() {
        state.withLock { state in
            guard !state.isOver else { return }
            state.frame += 1
            state.isDrawn = true
            let elapsed = Double((currentMilliseconds() - state.startedAt) / 100) / 10
            let clock = elapsed < 59.95 ? "\(Quantity.decimal(elapsed, places: 1)) s" : Quantity.seconds(elapsed)
            let room = max(10, (console.width ?? 80) - 3)
            let spinner = console.style.cyan(Self.frames[state.frame % Self.frames.count])
            let text = TextWidth.truncated("\(state.text)  \(clock)", to: room)
            try? Output.standard.writeNow("\r\(spinner) \(text)\u{1B}[K")
        }
    }
}
