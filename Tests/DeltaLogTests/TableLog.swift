@testable import DeltaLog

/// The log of a table in memory: commits as bytes, as a store would hold them.
struct TableLog {
    private(set) var files: [[UInt8]] = []

    var newest: Int { files.count - 1 }

    mutating func append(_ commit: Commit) { files.append(commit.bytes) }

    func commit(_ version: Int) throws -> Commit {
        try Commit(bytes: files[version], file: LogFile.commit(version).name)
    }

    func snapshot(_ version: Int? = nil) throws -> Snapshot {
        let version = version ?? newest
        var replay = LogReplay(detail: .all)
        for number in stride(from: version, through: 0, by: -1) {
            replay.apply(try commit(number).actions, of: number)
        }
        return try replay.finish(at: version)
    }

    /// Commits what a change says, after the newest version.
    mutating func commit(_ change: TableChange, at time: Int = 1_000) throws {
        append(
            files.isEmpty
                ? try change.creation(name: "t", id: "id", time: time)
                : try change.commit(after: snapshot(), time: time, previous: commit(newest).time))
    }
}

extension TableLog {
    /// A table of one column `a` with the files given.
    init(_ paths: String..., properties: [String: String?] = [:]) throws {
        try commit(.make(.replace, ["a": .long], paths.map { .make($0) }, properties: properties))
    }
}

extension TableChange {
    /// A change with what most tests do not care about filled in.
    static func make(
        _ kind: Kind, _ columns: KeyValuePairs<String, DeltaType>? = nil, _ files: [AddFile] = [],
        partitionedBy partitioning: [String]? = nil, policy: SchemaPolicy? = nil,
        properties: [String: String?] = [:], id: String = "ours"
    ) -> TableChange {
        TableChange(
            kind: kind, transactionID: id, schema: columns.map(DeltaSchema.init), partitionColumns: partitioning,
            files: files, schemaPolicy: policy, properties: properties, engine: "Millrace/1")
    }

    static func optimize(_ removing: [AddFile], _ files: [AddFile], id: String = "optimize") -> TableChange {
        .make(.rewrite(removing: removing, operation: .optimize(), dataChange: false), nil, files, id: id)
    }

    static func merge(_ removing: [AddFile], _ files: [AddFile], id: String = "merge") -> TableChange {
        .make(.rewrite(removing: removing, operation: .merge(on: ["a"]), dataChange: true), nil, files, id: id)
    }
}

extension DeltaSchema {
    init(_ columns: KeyValuePairs<String, DeltaType>) {
        self.init(fields: columns.map { DeltaField(name: $0.key, type: $0.value) })
    }
}

extension AddFile {
    static func make(_ path: String, rows: Int = 1) -> AddFile {
        AddFile(path: path, size: 10, modificationTime: 1, statistics: #"{"numRecords":\#(rows)}"#)
    }
}

extension Snapshot {
    var paths: [String] { files.map(\.path) }
}

extension Commit {
    var added: [AddFile] { actions.compactMap { if case .add(let file) = $0 { file } else { nil } } }
    var removed: [RemoveFile] { actions.compactMap { if case .remove(let file) = $0 { file } else { nil } } }
    var metadata: Metadata? { actions.lazy.compactMap { if case .metadata(let it) = $0 { it } else { nil } }.first }
    var protocolVersion: ProtocolVersion? {
        actions.lazy.compactMap { if case .protocolVersion(let it) = $0 { it } else { nil } }.first
    }
}
