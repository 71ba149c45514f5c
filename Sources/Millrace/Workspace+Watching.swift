import Foundation
import Planning
package import Project
import Store
import Synchronization

/// Looks again and again at the newest versions of datasets, and at files.
package final class WorkspaceWatch: Sendable {
    package struct Seen: Sendable, Equatable {
        /// The newest version that changed rows.
        package var version: Version
        /// When it was published, in milliseconds since 1970.
        package var at: Int
    }

    private let project: ChangingWorkspace
    private let known = Mutex<[DatasetName: Seen]>([:])

    package init(_ project: ChangingWorkspace) { self.project = project }

    /// - Throws: `Diagnostics`.
    package func versions(of names: [DatasetName]) async throws -> [DatasetName: Seen] {
        let workspace = project.current
        let heads = try await workspace.storeErrors { try await workspace.store.heads(of: names) }
        let before = known.withLock { $0 }
        var seen: [DatasetName: Seen] = [:]
        for (name, head) in heads {
            // When a version was published stands in its commit, which is read once.
            if let old = before[name], old.version == head.dataVersion {
                seen[name] = old
                continue
            }
            let entry = try await workspace.storeErrors {
                try await workspace.store.entry(of: name, at: head.dataVersion)
            }
            seen[name] = Seen(version: head.dataVersion, at: entry?.time ?? workspace.now())
        }
        known.withLock { $0 = seen }
        return seen
    }

    /// A text that is another one when a file that matches one of the patterns appeared, changed or vanished.
    /// - Parameter patterns: absolute.
    package func filesDigest(_ patterns: [String]) -> String {
        var digest = Fingerprint.Builder()
        for path in Set(patterns.flatMap { Glob($0).matches(in: DiskFiles()) }).sorted() {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            digest.add(path)
            digest.add("\(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)")
        }
        return digest.finish().text
    }
}

extension Workspace {
    /// Makes sure that a selection can be read and means some dataset.
    /// - Throws: `Diagnostics`.
    package func checkSelection(_ text: String) async throws {
        let selection = Selection([text])
        guard !selection.isEverything else { return }
        let analysis = try analyseSound()
        let known = try await KnownStates(
            datasets: states(of: analysis.graph.order), foreign: foreignStates(analysis.references))
        let selected = try await select(selection, analysis, known)
        save(analysis.cache)
        // What depends on the state of things may mean nothing just now.
        guard selected?.isEmpty == true, !text.contains("state:"), !text.contains("result:") else { return }
        throw Diagnostics([.error("'\(text)' selects no dataset", hint: "'millrace list' names them all")])
    }
}
