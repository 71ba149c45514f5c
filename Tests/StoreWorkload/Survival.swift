import Foundation
import Project

/// Writers that are killed at any moment, one after the other on one table.
struct Survival {
    let store: String
    let place: WorkloadStore

    /// Kills after which a new table is begun, so that looking at it stays quick.
    private static let killsPerTable = 100

    private struct Summary: Encodable {
        var kills: Int
        var commits: Int
        var operations: [String: Int]
        /// Steps that became visible without their writer having been told.
        var untold: Int
    }

    func run(kills: Int) async throws -> String {
        var summary = Summary(kills: kills, commits: 0, operations: [:], untold: 0)
        var remaining = kills
        var tables = 0
        while remaining > 0 {
            tables += 1
            let count = min(remaining, Self.killsPerTable)
            remaining -= count
            let replay = try Replay(try place.name("survivor_\(tables)"), in: place)
            var reports: [Writer.Report] = []
            for number in 1...count {
                let child = try ChildProcess(
                    ["write", store, replay.table.text, String(number), "3600", String(tables * 1_000 + number)])
                try child.waitUntilReady()
                try await Task.sleep(for: .microseconds(Int.random(in: 0...250_000)))
                child.kill()
                reports += try child.finish(killed: true)
                do {
                    try await replay.advance()
                    // Each killed writer may have published one step that it did not live to hear of.
                    try replay.check(reports, unreported: number)
                } catch {
                    throw Trouble("after kill \(kills - remaining - count + number): \(error)")
                }
            }
            summary.commits += replay.version + 1
            summary.operations.merge(replay.operations) { $0 + $1 }
            summary.untold +=
                replay.versions.count - reports.count { $0.version != nil && !$0.run.hasPrefix("optimize") }
        }
        return try Output.json(summary)
    }
}
