import DeltaLog
import DuckDB
import Foundation
import ObjectStore
import Project
import Testing

@testable import Store

@Suite("Datasets as versions")
struct DatasetStoreTests {
    private func code(_ body: () async throws -> Void) async throws -> StoreError.Code {
        let error = await #expect(throws: StoreError.self) { try await body() }
        return try #require(error).code
    }

    @Test("a store that is not there yet has no datasets and no heads")
    func nothing() async throws {
        let temporary = try TemporaryStore()
        #expect(try await temporary.store.datasets().isEmpty)
        #expect(try await temporary.store.head(of: .flights) == nil)
        #expect(try await temporary.store.history(of: .flights).isEmpty)
        #expect(try await code { _ = try await temporary.store.snapshot(of: .flights) } == .noTable)
    }

    @Test("rows of every type come back as they went in")
    func types() async throws {
        let temporary = try TemporaryStore()
        let pinned = try await temporary.publish(everyType, .flights)
        #expect(pinned.version == Version(0))
        #expect(try await temporary.difference(.flights, from: everyType) == 0)
        let snapshot = try await temporary.store.snapshot(of: .flights)
        #expect(snapshot.rowCount == 20)
        #expect(snapshot.bytes > 0 && snapshot.files.count == 1)
        #expect(snapshot.columns.first { $0.name == "dec" }?.duckDBType == "DECIMAL(18,3)")
        #expect(snapshot.pinned == pinned)
    }

    @Test("a replaced version stays readable, and history tells what each did")
    func timeTravel() async throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        try await temporary.publish("SELECT range AS a FROM range(10)", .flights, run: "one")
        try await temporary.publish("SELECT range + 100 AS a FROM range(5)", .flights, run: "two")
        try await temporary.publish("SELECT 7::BIGINT AS a", .flights, mode: .append, run: "three")
        try await temporary.publish("SELECT 1 AS b, TIMESTAMP '2024-01-01 00:00:00' AS t", .flights, run: "four")

        #expect(try await temporary.difference(.flights, at: Version(0), from: "SELECT range AS a FROM range(10)") == 0)
        #expect(
            try await temporary.difference(
                .flights, at: Version(2), from: "SELECT range + 100 AS a FROM range(5) UNION ALL SELECT 7") == 0)
        #expect(
            try await temporary.difference(.flights, from: "SELECT 1 AS b, TIMESTAMP '2024-01-01 00:00:00' AS t") == 0)

        let history = try await store.history(of: .flights)
        #expect(history.map(\.version.number) == [3, 2, 1, 0])
        #expect(history.map(\.record?.run.text) == ["four", "three", "two", "one"])
        #expect(history.map(\.rowsAdded) == [1, 1, 5, 10])
        #expect(history.map(\.rowsRemoved) == [6, 0, 10, 0])
        #expect(history.map(\.filesRemoved) == [2, 0, 1, 0])
        #expect(history.allSatisfy { $0.operation == "WRITE" && $0.engine == "Millrace/0.1.0" && $0.time != nil })

        let head = try #require(try await store.head(of: .flights))
        #expect(head.pinned.version == Version(3) && head.recordVersion == Version(3))
        #expect(head.record == temporary.record("four", rows: 1))
        #expect(head.pinned.table == (try await store.snapshot(of: .flights)).pinned.table)
        #expect(try await code { _ = try await store.snapshot(of: .flights, at: Version(9)) } == .noSuchVersion)
        #expect(try await store.datasets() == [.flights])
        #expect(try await store.heads(of: [.flights, .flights.quarantine]) == [.flights: head])
    }

    @Test("an empty version has its columns")
    func emptyVersion() async throws {
        let temporary = try TemporaryStore()
        let sql = "SELECT 1 AS a, 'x' AS b WHERE false"
        _ = try await temporary.store.publish(
            Publication(
                name: .flights, mode: .replace, columns: try temporary.columns(of: sql), files: [],
                record: temporary.record(), basedOn: nil))
        #expect(try await temporary.difference(.flights, from: sql) == 0)
        #expect(try await temporary.store.snapshot(of: .flights).rowCount == 0)
    }

    @Test("partitions keep odd values and nulls")
    func partitions() async throws {
        let temporary = try TemporaryStore()
        let sql = """
            SELECT range AS i, CASE range % 3 WHEN 0 THEN 'a b/ü%''' WHEN 1 THEN NULL ELSE 'x' END AS p,
                DATE '2024-01-01' + (range % 2)::INTEGER AS d FROM range(12)
            """
        try await temporary.publish(sql, .flights, partitionBy: ["p", "d"])
        let snapshot = try await temporary.store.snapshot(of: .flights)
        #expect(snapshot.files.count == 6)
        #expect(snapshot.partitionColumns == ["p", "d"])
        #expect(Set(snapshot.files.map { $0.partitionValues["p"] ?? nil }) == ["a b/ü%'", nil, "x"])
        #expect(try await temporary.difference(.flights, from: sql) == 0)
        try await temporary.publish(sql, .flights, mode: .append, partitionBy: ["p", "d"])
        #expect(try await temporary.difference(.flights, from: "\(sql) UNION ALL \(sql)") == 0)
    }

    @Test("a column that an append brings is NULL in the files before it")
    func evolution() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT 1 AS a", .flights)
        try await temporary.publish("SELECT [1, 2] AS l, 2 AS a", .flights, mode: .append, policy: .addColumns)
        #expect(
            try await temporary.difference(
                .flights, from: "SELECT 1 AS a, NULL::INTEGER[] AS l UNION ALL SELECT 2, [1, 2]") == 0)
        let error = try await code { try await temporary.publish("SELECT 'x' AS a", .flights, mode: .append) }
        #expect(error == .schemaMismatch)
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(1))
    }

    @Test("appending to an older version leaves out the rows of orphans")
    func orphans() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT 1 AS a", .flights)
        try await temporary.publish("SELECT 2 AS a", .flights, mode: .append)
        try await temporary.publish("SELECT 3 AS a", .flights, mode: .append, appendTo: Version(0))
        #expect(try await temporary.difference(.flights, from: "SELECT unnest([1, 3]) AS a") == 0)
    }

    @Test("of writers that began at one version exactly one publishes")
    func racing() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT -1::BIGINT AS writer", .flights)
        for round in 1...5 {
            let base = try #require(try await temporary.store.head(of: .flights)).pinned
            let columns = try temporary.columns(of: "SELECT 1::BIGINT AS writer")
            let results = await withTaskGroup(of: StoreError.Code?.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        do {
                            let files = try await temporary.stage("SELECT \(writer)::BIGINT AS writer", .flights)
                            _ = try await temporary.store.publish(
                                Publication(
                                    name: .flights, mode: .append, columns: columns, files: files,
                                    record: temporary.record("w\(writer)"), basedOn: base))
                            return nil
                        } catch {
                            return (error as? StoreError)?.code ?? .inputOutput
                        }
                    }
                }
                return await group.reduce(into: [StoreError.Code?]()) { $0.append($1) }
            }
            #expect(results.filter { $0 == nil }.count == 1)
            #expect(results.filter { $0 == .conflict }.count == 7)
            let head = try #require(try await temporary.store.head(of: .flights))
            #expect(head.pinned.version == Version(round))
            #expect(try await temporary.store.snapshot(of: .flights).rowCount == round + 1)
        }
    }

    @Test("a table that was made anew is not the one that a step saw")
    func madeAnew() async throws {
        let temporary = try TemporaryStore()
        let before = try await temporary.publish("SELECT 1 AS a", .flights)
        try FileManager.default.removeItem(atPath: "\(temporary.folder)/flights")
        let columns = try temporary.columns(of: "SELECT 1 AS a")
        func publish(_ base: PinnedVersion?) async throws {
            _ = try await temporary.store.publish(
                Publication(
                    name: .flights, mode: .replace, columns: columns, files: [], record: temporary.record(),
                    basedOn: base))
        }
        #expect(try await code { try await publish(before) } == .conflict)
        try await publish(nil)
        #expect(try await code { try await publish(before) } == .conflict)
        #expect(try await code { try await publish(nil) } == .conflict)
    }

    @Test("what a killed writer left is never seen")
    func leftovers() async throws {
        let temporary = try TemporaryStore()
        let staged = try await temporary.stage("SELECT 1 AS a", .flights)
        #expect(try await temporary.store.head(of: .flights) == nil)
        #expect(try await temporary.store.datasets().isEmpty)
        try await temporary.publish("SELECT 2 AS a", .flights)
        let log = "\(temporary.folder)/flights/_delta_log"
        try Data("{\"commitInfo\":{\"oper".utf8).write(to: URL(filePath: "\(log)/.tmp-abc"))
        try Data("x".utf8).write(to: URL(filePath: "\(log)/00000000000000000001.json.tmp"))
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(0))
        #expect(try await temporary.difference(.flights, from: "SELECT 2 AS a") == 0)
        await temporary.store.discard(files: staged.map(\.path) + ["/etc/hostname", "\(temporary.folder)/../x"])
        #expect(staged.allSatisfy { !FileManager.default.fileExists(atPath: $0.path) })
    }

    @Test("a staged file must be there, whole, and in the table's folder")
    func stagedFiles() async throws {
        let temporary = try TemporaryStore()
        let columns = try temporary.columns(of: "SELECT 1 AS a")
        var file = try #require(try await temporary.stage("SELECT 1 AS a", .flights).first)
        func publish(_ file: StagedFile) async throws {
            _ = try await temporary.store.publish(
                Publication(
                    name: .flights, mode: .replace, columns: columns, files: [file], record: temporary.record(),
                    basedOn: nil))
        }
        let path = file.path
        file.size += 1
        #expect(try await code { try await publish(file) } == .missingFile)
        file.size -= 1
        for wrong in ["/etc/passwd", "none.parquet", "../flights/x"] {
            file.path = wrong
            #expect(try await code { try await publish(file) } == .missingFile)
        }
        #expect(try await temporary.store.head(of: .flights) == nil)
        file.path = path
        try await publish(file)
        try await temporary.store.verifyFiles(of: try await temporary.store.snapshot(of: .flights))
        try FileManager.default.removeItem(atPath: path)
        let snapshot = try await temporary.store.snapshot(of: .flights)
        #expect(try await code { try await temporary.store.verifyFiles(of: snapshot) } == .missingFile)
    }

    @Test("a folder of something else is left alone")
    func notATable() async throws {
        let temporary = try TemporaryStore()
        try FileManager.default.createDirectory(
            atPath: "\(temporary.folder)/flights/sub", withIntermediateDirectories: true)
        #expect(try await temporary.store.head(of: .flights) == nil)
        try Data("x".utf8).write(to: URL(filePath: "\(temporary.folder)/flights/sub/notes.txt"))
        #expect(try await code { _ = try await temporary.store.head(of: .flights) } == .notATable)
        #expect(try await code { _ = try await temporary.store.stagingFolder(of: .flights) } == .notATable)
        #expect(try await code { _ = try await temporary.store.snapshot(of: .flights) } == .notATable)
        #expect(try await temporary.store.datasets().isEmpty)
    }

    @Test("a damaged log is told by its file, a missing commit as a gap, a newer protocol by its features")
    func damage() async throws {
        let temporary = try TemporaryStore()
        for number in 0..<4 { try await temporary.publish("SELECT \(number) AS a", .flights) }
        let log = "\(temporary.folder)/flights/_delta_log"
        let second = "\(log)/00000000000000000001.json"
        let content = try Data(contentsOf: URL(filePath: second))

        try content.prefix(content.count - 30).write(to: URL(filePath: second))
        let corrupt = await #expect(throws: StoreError.self) { try await temporary.store.snapshot(of: .flights) }
        #expect(corrupt?.code == .corruptLog)
        #expect(corrupt?.path == second && (corrupt?.line ?? 0) >= 2)

        try FileManager.default.removeItem(atPath: second)
        let gap = await #expect(throws: StoreError.self) { try await temporary.store.snapshot(of: .flights) }
        #expect(gap?.code == .gap && gap?.path == second)
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(3))
        #expect(try await temporary.store.snapshot(of: .flights, at: Version(0)).rowCount == 1)

        try content.write(to: URL(filePath: second))
        let newer =
            #"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["catalogManaged"],"writerFeatures":["catalogManaged"]}}"#
        try Data(newer.utf8).write(to: URL(filePath: "\(log)/00000000000000000004.json"))
        let refused = await #expect(throws: StoreError.self) { try await temporary.store.snapshot(of: .flights) }
        #expect(refused?.code == .newerProtocol && refused?.features == ["catalogManaged"])
        #expect(try await code { try await temporary.publish("SELECT 1 AS a", .flights) } == .newerProtocol)
    }

    @Test("a record comes back with everything that it can hold")
    func records() async throws {
        let temporary = try TemporaryStore()
        var record = temporary.record("r", rows: 5)
        record.inputs = [.flights: PinnedVersion(version: Version(3), table: "id \"x\" ü")]
        record.sources = SourceSet(files: 3, bytes: 1 << 40, digest: record.fingerprint)
        record.quarantine = Version(2)
        record.splits = ["train": 80, "test": 20]
        record.checks = [
            CheckOutcome(
                name: "range(a)", status: .quarantined, looked: 10, failing: 2, value: -1.5e-7, message: "out of range",
                examples: [[ExampleField(column: "a", value: nil), ExampleField(column: "b", value: "x\ny")]]),
            CheckOutcome(name: "rows", status: .warned, value: 12),
        ]
        _ = try await temporary.store.publish(
            Publication(
                name: .flights, mode: .replace, columns: try temporary.columns(of: "SELECT 1 AS a"), files: [],
                record: record, basedOn: nil))
        #expect(try await temporary.store.head(of: .flights)?.record == record)
        #expect(try await temporary.store.history(of: .flights).first?.record == record)
    }

    @Test("a type that cannot be stored is refused before anything is published")
    func unsupportedTypes() async throws {
        #expect(throws: StoreError.self) { try StorableColumn(name: "c", duckDBType: "INTERVAL") }
        #expect(try StorableColumn(name: "c", duckDBType: "UTINYINT").needsCast)
        let temporary = try TemporaryStore()
        for type in ["INTERVAL", "UTINYINT"] {
            #expect(
                try await code {
                    _ = try await temporary.store.publish(
                        Publication(
                            name: .flights, mode: .replace, columns: [.init(name: "c", duckDBType: type)], files: [],
                            record: temporary.record(), basedOn: nil))
                } == .unsupportedType)
        }
    }
}
