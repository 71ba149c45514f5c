import Synchronization

extension ChildProcess {
    /// What a program said until its end.
    package struct Said: Sendable {
        /// Nil when it was ended because it said too much.
        package var ending: Ending?
        package var output: [String]
        /// The first lines.
        package var errors: [String]
    }

    /// Runs a program to its end.
    /// - Parameters:
    ///   - limit: of its output, in bytes; more ends it. Of its errors as much is kept.
    ///   - patience: more time ends it.
    package static func run(_ launch: Launch, limit: Int, patience: Duration) async -> Said {
        let state = Mutex((said: Said(output: [], errors: []), output: 0, errors: 0))
        let box = Box()
        let ending = await withCheckedContinuation { answer in
            let child = start(
                launch,
                onLine: { channel, line in
                    let isTooMuch = state.withLock { state in
                        let bytes = line.utf8.count + 1
                        switch channel {
                        case .output:
                            state.output += bytes
                            if state.output <= limit { state.said.output.append(line) }
                        case .errors:
                            state.errors += bytes
                            if state.errors <= limit { state.said.errors.append(line) }
                        }
                        return state.output > limit
                    }
                    if isTooMuch { box.child.withLock { $0 }?.kill() }
                }, onEnd: { answer.resume(returning: $0) })
            box.child.withLock { $0 = child }
            child.stop(after: patience)
        }
        return state.withLock { state in
            state.said.ending = state.output > limit ? nil : ending
            return state.said
        }
    }

    /// The process once it was made: its first line may come before.
    private final class Box: Sendable {
        let child = Mutex<ChildProcess?>(nil)
    }
}
