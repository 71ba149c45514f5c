import DuckDB
import Foundation
import Queries
import Servers
import SparkConnect

extension Judge {
    /// A judge over the tables of a database, which Spark reads from files.
    static func with<Value: Sendable>(
        _ database: Database, _ body: (Judge) async throws -> Value
    ) async throws -> Value {
        let server = try await SparkServer.shared()
        let folder = server.folder.appending(path: "translation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tables = try tables(of: database)
        try database.withConnection { connection in
            for name in tables.keys {
                let file = folder.appending(path: "\(name).parquet").path
                try connection.execute("COPY \(SQL.quoted(name)) TO \(SQL.literal(file)) (FORMAT parquet)")
            }
        }
        return try await SparkSession.with(
            SparkEndpoint(reading: server.connectionString), patience: .seconds(180)
        ) { session in
            try await session.set(SparkSettings.required)
            for name in tables.keys {
                let file = folder.appending(path: "\(name).parquet").path
                try await session.run(.makeView(name, of: .files([file], format: "parquet")))
            }
            let translator = SparkTranslator(tables: tables)
            return try await body(
                Judge(database: database, session: session) { try translator.translate($0) })
        }
    }

    private static func tables(of database: Database) throws -> [String: SparkTranslator.Table] {
        try database.withConnection { connection in
            var tables: [String: SparkTranslator.Table] = [:]
            for name in try connection.query("SHOW TABLES").compactMap({ $0[0].text }) {
                let columns = try connection.columns(of: "FROM \(SQL.quoted(name))").map { column in
                    DuckType.Field(name: column.name, type: DuckType(column.type) ?? .unknown)
                }
                tables[name] = .init(source: "`\(name)`", columns: columns)
            }
            return tables
        }
    }

    /// For people.
    static func translations(of cases: [Case], _ database: Database) throws -> [String] {
        let translator = try SparkTranslator(tables: tables(of: database))
        return try zip(cases, translations(cases.map(\.query)) { try translator.translate($0) }).map { test, result in
            switch result {
            case .success(let translation): "\(test.name)\n  \(translation.sql)"
            case .failure(let reason): "\(test.name)\n  \(reason)"
            }
        }
    }
}
