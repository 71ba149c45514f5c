import DuckDB
import Foundation
import Project
import Store

/// Works on a table until its time is over: appends, merges and now and then optimizes it. Prints a line for all that it
/// was told.
struct Writer {
    let place: WorkloadStore
    let table: DatasetName
    /// A number, unlike that of any other writer.
    let name: String
    let seed: UInt64

    struct Report: Codable {
        /// What was done, as `Step.run`.
        var run: String
        /// The version that it made; none when it failed.
        var version: Int?
        /// The code of the error, and what it says.
        var code: String?
        var message: String?
    }

    func run(seconds: Double) async throws -> String {
        guard let writer = Int(name) else { throw Trouble("a writer's name is a number") }
        let connection = try place.database().connect()
        Output.line("ready")
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(truncatingIfNeeded: writer)
        var number = 0
        while clock.now < end {
            number += 1
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let kind: Step.Kind =
                switch (state >> 33) % 10 {
                case 0: .optimize
                case 1...4: .merge
                default: .append
                }
            let step = Step(kind: kind, writer: writer, number: number)
            var report = Report(run: step.run)
            do {
                guard let version = try await perform(step, on: connection) else { continue }
                report.version = version
            } catch let error as StoreError {
                report.code = error.code.description
                report.message = error.description
            }
            Output.line(try Output.json(report))
        }
        return "done"
    }

    /// The version that was made; nil when there was nothing to do.
    private func perform(_ step: Step, on connection: Connection) async throws -> Int? {
        let base = try await place.store.head(of: table)?.pinned
        if step.kind == .optimize {
            guard base != nil else { return nil }
            return try await place.store.optimize(table, OptimizeRequest()).version?.version.number
        }
        let folder = try await place.store.stagingFolder(of: table)
        let file = "\(folder)/part-\(UUID().uuidString.lowercased()).parquet"
        let files = try connection.query(
            "COPY (\(step.rows)) TO \(SQL.literal(file)) (FORMAT parquet, RETURN_STATS)"
        ).compactMap { StagedFile(returnedBy: $0) }
        var fingerprint = Fingerprint.Builder()
        fingerprint.add("workload")
        let record = VersionRecord(
            run: RunID(step.run), fingerprint: fingerprint.finish(),
            rows: RowAccount(read: 10, published: 10, quarantined: 0), millrace: "0.0.0")
        let columns = try connection.columns(of: step.rows).map {
            Publication.Column(name: $0.name, duckDBType: $0.type)
        }
        let mode: Publication.Mode =
            step.kind == .append ? .append : .merge(MergeKey(columns: Step.key, deleteWhen: Step.deleteWhen))
        return try await place.store.publish(
            Publication(name: table, mode: mode, columns: columns, files: files, record: record, basedOn: base)
        ).version.number
    }
}
