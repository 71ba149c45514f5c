package import Project
import Synchronization

/// A project whose files may change while it is used. It stays as it was when they made sense last.
package final class ChangingWorkspace: Sendable {
    private let state: Mutex<State>

    private struct State {
        var workspace: Workspace
        /// The files as they were when they were read last, whether or not they made sense.
        var files: NotedFiles
        var changes = 0
    }

    /// Reads the project; what is wrong with it is thrown, all at once.
    package init(_ options: Workspace.Options) throws(Diagnostics) {
        let files = NotedFiles()
        state = Mutex(State(workspace: try Workspace.open(options, files: files), files: files))
    }

    package var current: Workspace { state.withLock { $0.workspace } }

    /// How many times `renew` found other files.
    package var changes: Int { state.withLock { $0.changes } }

    /// Reads the project again if its files have changed.
    /// - Returns: nil when they have not.
    /// - Throws: what is wrong with them, once for each change; `current` stays as it is.
    package func renew() throws(Diagnostics) -> Workspace? {
        let (old, oldFiles) = state.withLock { ($0.workspace, $0.files) }
        guard oldFiles.areChanged else { return nil }
        let files = NotedFiles()
        defer {
            state.withLock { state in
                state.files = files
                state.changes += 1
            }
        }
        let renewed = try Workspace.open(old.options, files: files)
        state.withLock { $0.workspace = renewed }
        return renewed
    }
}
