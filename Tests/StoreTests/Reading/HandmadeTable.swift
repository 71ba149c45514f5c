import DeltaLog
import DuckDB
import Foundation
import ObjectStore
import Testing

@testable import Store

/// A Delta table that no writer made: files by DuckDB, a log by hand.
final class HandmadeTable: Sendable {
    let folder: String
    let store: DatasetStore
    let database: Database

    static let id = "11111111-2222-3333-4444-555555555555"

    init(named name: String = "hand made %20 [x]") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "\(name) \(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/_delta_log", withIntermediateDirectories: true)
        let database = try Database(Database.Configuration(memoryLimit: 1 << 30, threads: 2))
        self.database = database
        store = DatasetStore(
            objects: LocalFolder(folder + " store"), database: { database }, now: { 1_700_000_000_000 })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    // MARK: Files

    /// Writes a query's rows as a data file.
    ///
    /// - Returns: its size in bytes.
    @discardableResult
    func write(_ sql: String, to file: String, options: String = "") throws -> Int {
        let path = file.hasPrefix("/") ? file : "\(folder)/\(file)"
        try FileManager.default.createDirectory(
            atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try database.withConnection { connection in
            try connection.execute("COPY (\(sql)) TO \(SQL.literal(path)) (FORMAT parquet\(options))")
        }
        return try Data(contentsOf: URL(filePath: path)).count
    }

    // MARK: The log

    func log(_ name: String) -> String { "\(folder)/_delta_log/\(name)" }

    func write(_ bytes: some DataProtocol, toLog name: String) throws {
        let file = URL(filePath: log(name))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func commit(_ version: Int, _ lines: [String]) throws {
        try write(Data((lines.joined(separator: "\n") + "\n").utf8), toLog: String(format: "%020d.json", version))
    }

    static func protocolLine(_ reader: Int = 1, _ writer: Int = 2, features: [String]? = nil) -> String {
        let list = features.map { "[" + $0.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        let named = list.map { ",\"readerFeatures\":\($0),\"writerFeatures\":\($0)" } ?? ""
        return "{\"protocol\":{\"minReaderVersion\":\(reader),\"minWriterVersion\":\(writer)\(named)}}"
    }

    static func metadataLine(
        _ fields: [String], partitionBy: [String] = [], configuration: [String: String] = [:]
    ) -> String {
        let schema = "{\"type\":\"struct\",\"fields\":[\(fields.joined(separator: ","))]}"
        let metadata: JSONObject = [
            "id": .string(id), "format": .object(["provider": .string("parquet"), "options": .object(JSONObject())]),
            "schemaString": .string(schema), "partitionColumns": .array(partitionBy.map(JSONValue.string)),
            "configuration": .object(
                JSONObject(configuration.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]
        return JSONValue.object(["metaData": .object(metadata)]).serialized
    }

    /// A column of the schema.
    ///
    /// - Parameter type: JSON: `"long"` with its quotes, or an object.
    static func field(_ name: String, _ type: String, physical: String? = nil, id: Int? = nil) -> String {
        var metadata: [String] = []
        if let physical { metadata.append("\"delta.columnMapping.physicalName\":\"\(physical)\"") }
        if let id { metadata.append("\"delta.columnMapping.id\":\(id)") }
        return
            "{\"name\":\"\(name)\",\"type\":\(type),\"nullable\":true,\"metadata\":{\(metadata.joined(separator: ","))}}"
    }

    static func addLine(
        _ path: String, size: Int, partitionValues: String = "{}", statistics: String? = nil,
        deletionVector: String? = nil
    ) -> String {
        var line = "{\"add\":{\"path\":\(JSONValue.string(path).serialized),\"partitionValues\":\(partitionValues),"
        line += "\"size\":\(size),\"modificationTime\":1700000000000,\"dataChange\":true"
        if let statistics { line += ",\"stats\":\(JSONValue.string(statistics).serialized)" }
        if let deletionVector { line += ",\"deletionVector\":\(deletionVector)" }
        return line + "}}"
    }

    static func removeLine(_ path: String, dataChange: Bool = true) -> String {
        "{\"remove\":{\"path\":\"\(path)\",\"deletionTimestamp\":1700000000000,\"dataChange\":\(dataChange)}}"
    }

    // MARK: Reading

    func snapshot(_ version: Int? = nil, matching predicate: FilePredicate? = nil) async throws -> TableSnapshot {
        try await store.snapshot(ofTableAt: folder, version: version, matching: predicate)
    }

    /// The number of rows in which the table differs from a query, columns and types included.
    func difference(_ version: Int? = nil, from sql: String) async throws -> Int64? {
        let scan = try await snapshot(version).scanSQL
        return try database.withConnection { connection in
            #expect(try connection.columns(of: scan) == connection.columns(of: sql))
            return try connection.query(
                """
                SELECT (SELECT count(*) FROM ((\(scan)) EXCEPT ALL (\(sql))))
                    + (SELECT count(*) FROM ((\(sql)) EXCEPT ALL (\(scan)))) AS rows
                """
            ).first?["rows"].int
        }
    }

    func error(_ version: Int? = nil) async -> StoreError? {
        await #expect(throws: StoreError.self) { try await self.snapshot(version) }
    }
}

/// Deletion vectors as writers make them.
enum HandmadeVector {
    /// A vector in the log itself.
    static func inline(_ rows: [Int]) -> String {
        var data = bitmap(rows)
        let size = data.count
        while !data.count.isMultiple(of: 4) { data.append(0) }
        return """
            {"storageType":"i","pathOrInlineDv":\(JSONValue.string(z85(data)).serialized),"sizeInBytes":\(size),\
            "cardinality":\(rows.count)}
            """
    }

    /// Vectors in one file, and for each its description. The file's identity has only zeros.
    static func file(_ vectors: [[Int]]) -> (name: String, bytes: [UInt8], descriptions: [String]) {
        var bytes: [UInt8] = [1]
        var descriptions: [String] = []
        for rows in vectors {
            let data = bitmap(rows)
            descriptions.append(
                """
                {"storageType":"u","pathOrInlineDv":"00000000000000000000","offset":\(bytes.count),\
                "sizeInBytes":\(data.count),"cardinality":\(rows.count)}
                """)
            bytes += bigEndian(UInt32(data.count)) + data + bigEndian(checksum(data))
        }
        return ("deletion_vector_00000000-0000-0000-0000-000000000000.bin", bytes, descriptions)
    }

    /// A 64-bit Roaring bitmap of array containers, behind Delta's magic number.
    private static func bitmap(_ rows: [Int]) -> [UInt8] {
        let containers = Dictionary(grouping: rows.sorted()) { $0 >> 16 }.sorted { $0.key < $1.key }
        var bytes = little(UInt32(1_681_511_377)) + little(UInt64(1)) + little(UInt32(0))
        bytes += little(UInt32(12_346)) + little(UInt32(containers.count))
        for (key, rows) in containers { bytes += little(UInt16(key)) + little(UInt16(rows.count - 1)) }
        var offset = 8 + containers.count * 8
        for (_, rows) in containers {
            bytes += little(UInt32(offset))
            offset += rows.count > 4_096 ? 8_192 : rows.count * 2
        }
        for (_, rows) in containers {
            if rows.count > 4_096 {
                var words = [UInt8](repeating: 0, count: 8_192)
                for row in rows { words[(row & 0xFFFF) >> 3] |= 1 << UInt8(row & 7) }
                bytes += words
            } else {
                for row in rows { bytes += little(UInt16(row & 0xFFFF)) }
            }
        }
        return bytes
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }

    private static func z85(_ bytes: [UInt8]) -> String {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 4) {
            var group = bytes[start..<start + 4].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            var letters: [Character] = []
            for _ in 0..<5 {
                letters.append(alphabet[Int(group % 85)])
                group /= 85
            }
            text += String(letters.reversed())
        }
        return text
    }
}
