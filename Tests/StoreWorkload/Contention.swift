import Foundation
import Project
import Store

/// Two writers at once on one table.
struct Contention {
    let store: String
    let place: WorkloadStore

    private struct Summary: Encodable {
        var seconds: Double
        var commits: Int
        var operations: [String: Int]
        /// Steps that were told of a conflict.
        var conflicts: Int
    }

    func run(seconds: Double) async throws -> String {
        let table = try place.name("contended")
        let writers = try [1, 2].map { writer in
            try ChildProcess(["write", store, table.text, String(writer), String(seconds), "5"])
        }
        let reports = try writers.flatMap { try $0.finish(killed: false) }
        let replay = try Replay(table, in: place)
        try await replay.advance(comparingEvery: 5)
        try replay.check(reports, unreported: 0)
        for writer in [1, 2] where !replay.versions.keys.contains(where: { $0.writer == writer }) {
            throw Trouble("writer \(writer) never got to publish")
        }
        return try Output.json(
            Summary(
                seconds: seconds, commits: replay.version + 1, operations: replay.operations,
                conflicts: reports.count { $0.version == nil }))
    }
}
