import Synchronization

/// What came and nobody took yet. One task takes; anybody puts in.
final class Mailbox<Letter: Sendable>: Sendable {
    private struct State {
        var letters: [Letter] = []
        var reader: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    func put(_ letter: Letter) {
        let reader = state.withLock { state in
            state.letters.append(letter)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Everything that is there, waiting for something; empty when the mailbox was closed.
    func take() async -> [Letter] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let isThere = state.withLock { state in
                    if state.letters.isEmpty, !state.isClosed {
                        state.reader = reader
                        return false
                    }
                    return true
                }
                if isThere { reader.resume() }
            }
        } onCancel: {
            close()
        }
        return state.withLock { state in
            defer { state.letters = [] }
            return state.letters
        }
    }

    func close() {
        let reader = state.withLock { state in
            state.isClosed = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    var isClosed: Bool { state.withLock(\.isClosed) }
}
