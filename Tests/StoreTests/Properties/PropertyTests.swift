import DuckDB
import Foundation
import Synchronization
import Testing

@testable import Store

/// Random sequences of operations on random tables. `MILLRACE_SEED` repeats one of them, `MILLRACE_SEQUENCES` says how
/// many there are.
@Suite("Random sequences of operations")
struct PropertyTests {
    @Test("after each operation the store's rows are the model's, and in the end other readers' are as well")
    func sequences() async throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = Scratch.folder("properties")
        let expected = folder + "/expected"
        try FileManager.default.createDirectory(atPath: expected, withIntermediateDirectories: true)
        var problems: [String] = []
        defer {
            // The tables of a sequence that is looked into stay.
            if problems.isEmpty || environment["MILLRACE_SEED"] == nil {
                try? FileManager.default.removeItem(atPath: folder)
            }
        }

        let seeds: [UInt64] =
            if let text = environment["MILLRACE_SEED"], let seed = UInt64(text) {
                [seed]
            } else {
                (1...(environment["MILLRACE_SEQUENCES"].flatMap { UInt64($0) } ?? 300)).map { $0 }
            }
        let place = try PropertyStore(folder: folder + "/store")
        let queue = SeedQueue(seeds)
        let results = await withTaskGroup(of: (tables: [ExpectedTable], failures: [String]).self) { group in
            for _ in 0..<max(2, ProcessInfo.processInfo.activeProcessorCount) {
                group.addTask {
                    var tables: [ExpectedTable] = []
                    var failures: [String] = []
                    while let seed = queue.next() {
                        do {
                            let connection = try place.database.connect()
                            let sequence = try OperationSequence(seed: seed, in: place, on: connection)
                            try await sequence.perform()
                            tables += try sequence.export(to: expected)
                            try sequence.model.close()
                        } catch {
                            failures.append("\(error)")
                        }
                    }
                    return (tables, failures)
                }
            }
            return await group.reduce(into: (tables: [ExpectedTable](), failures: [String]())) {
                $0.tables += $1.tables
                $0.failures += $1.failures
            }
        }
        problems = results.failures
        if DeltaLakeTool.isInstalled {
            problems += try Judge.compare(results.tables, in: folder).map(\.description)
        }
        for problem in problems { Issue.record("\(problem)") }
    }
}

/// Seeds for whoever is free.
private final class SeedQueue: Sendable {
    private let seeds: Mutex<ArraySlice<UInt64>>

    init(_ seeds: [UInt64]) { self.seeds = Mutex(seeds[...]) }

    func next() -> UInt64? { seeds.withLock { $0.popFirst() } }
}
