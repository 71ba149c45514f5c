import DuckDB
import Foundation
import ObjectStore
import Project
import Store

/// Does again, in a table of DuckDB, what the log says was done, and compares.
final class Replay {
    let place: WorkloadStore
    let table: DatasetName
    private let connection: Connection
    /// The newest version that was done again.
    private(set) var version = -1
    /// The version of each step that was found in the log.
    private(set) var versions: [Step: Int] = [:]
    /// The number of commits by the operation that they name.
    private(set) var operations: [String: Int] = [:]

    init(_ table: DatasetName, in place: WorkloadStore) throws {
        self.place = place
        self.table = table
        connection = try place.database().connect()
        try connection.execute("CREATE TEMP TABLE replayed (\(Step.columns))")
    }

    /// Does the commits again that are new, and compares the table with the rows that it should have: at the newest
    /// version, and at every so many before.
    ///
    /// - Throws: `Trouble`: a version is missing or was made twice, or rows are.
    func advance(comparingEvery interval: Int? = nil) async throws {
        let newest = try await newestVersion()
        while version < newest {
            try await replay(version + 1)
            if let interval, version < newest, version.isMultiple(of: interval) { try await compare(at: version) }
        }
        if newest >= 0 { try await compare(at: nil) }
    }

    private func newestVersion() async throws -> Int {
        guard let log = ObjectPath("\(table)/_delta_log") else { throw Trouble("no path for \(table)") }
        let names: [String]
        do {
            names = try await place.objects.names(in: log, from: nil)
        } catch {
            if error.code == .notFound { return -1 }
            throw error
        }
        let commits = names.compactMap { name -> Int? in
            let parts = name.split(separator: ".")
            return parts.count == 2 && parts[1] == "json" ? Int(parts[0]) : nil
        }.sorted()
        guard commits == Array(0..<commits.count) else { throw Trouble("the log has gaps: \(commits)") }
        return commits.count - 1
    }

    private func replay(_ next: Int) async throws {
        let name = String(format: "%020d.json", next)
        guard let path = ObjectPath("\(table)/_delta_log/\(name)") else { throw Trouble("no path for \(name)") }
        let bytes = try await place.objects.read(path)
        var info: [String: Any]?
        var changesRows = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let action = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
                throw Trouble("\(name): a line is no object")
            }
            if let found = action["commitInfo"] as? [String: Any] { info = found }
            for kind in ["add", "remove"] {
                if let file = action[kind] as? [String: Any], file["dataChange"] as? Bool == true { changesRows = true }
            }
        }
        let operation = info?["operation"] as? String ?? "none"
        operations[operation, default: 0] += 1
        version = next
        guard changesRows else { return }
        let millrace = info?["millrace"] as? [String: Any]
        guard let run = millrace?["run"] as? String, let step = Step(run: run), millrace?["upkeep"] == nil else {
            throw Trouble("version \(next) changes rows, but is of no writer: \(operation)")
        }
        if let earlier = versions.updateValue(next, forKey: step) {
            throw Trouble("\(step.run) was committed twice, as versions \(earlier) and \(next)")
        }
        try connection.execute(step.effect(on: "replayed"))
    }

    private func compare(at version: Int?) async throws {
        let snapshot = try await place.store.snapshot(of: table, at: version.map { Version($0) })
        let rows = try connection.query(
            """
            WITH found AS (SELECT key, writer, step, value FROM (\(snapshot.scanSQL)))
            SELECT 'too many', * FROM (FROM found EXCEPT ALL FROM replayed)
            UNION ALL SELECT 'too few', * FROM (FROM replayed EXCEPT ALL FROM found) LIMIT 10
            """)
        guard rows.isEmpty else {
            throw Trouble(
                "version \(snapshot.pinned.version) of \(table) has other rows than its log:\n"
                    + rows.map { $0.values.map(\.description).joined(separator: " ") }.joined(separator: "\n"))
        }
    }

    /// Compares what writers were told with the log.
    ///
    /// - Parameter mayLack: whether a step may be in the log that its writer was never told about.
    func check(_ reports: [Writer.Report], unreported: Int) throws {
        var told: Set<Step> = []
        for report in reports {
            guard let step = Step(run: report.run) else { throw Trouble("\(report.run) is no step") }
            if let version = report.version {
                told.insert(step)
                if step.kind != .optimize, versions[step] != version {
                    throw Trouble(
                        "\(step.run) was told that it is version \(version); in the log it is "
                            + (versions[step].map { "version \($0)" } ?? "missing"))
                }
            } else if report.code != StoreError.Code.conflict.description {
                throw Trouble("\(step.run) failed otherwise than by a conflict: \(report.message ?? "")")
            } else if versions[step] != nil {
                throw Trouble("\(step.run) was told of a conflict, and yet is version \(versions[step] ?? -1)")
            }
        }
        let untold = versions.keys.filter { !told.contains($0) }
        guard untold.count <= unreported else {
            throw Trouble("in the log, though no writer was told: \(untold.map(\.run).sorted())")
        }
    }
}
