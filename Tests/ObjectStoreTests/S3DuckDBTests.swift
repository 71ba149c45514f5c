import DuckDB
import Foundation
import Servers
import TestThreads
import Testing

@testable import ObjectStore

/// DuckDB's `httpfs` and the store, over the same bucket.
@Suite("DuckDB over S3", .onTime, .enabled(if: SeaweedServer.isExpected))
struct S3DuckDBTests {
    private func database(_ store: S3Bucket) throws -> Database {
        let database = try Database(.init(extensions: [try Extension.find(Extension.httpfs)]))
        let options = store.duckDBSecret.map { "\($0.name) \(SQL.literal($0.value))" }.joined(separator: ", ")
        try database.withConnection { try $0.execute("CREATE SECRET millrace (TYPE s3, \(options))") }
        return database
    }

    private func number(_ connection: Connection, _ sql: String) throws -> Value? {
        try connection.query(sql).first?[0]
    }

    @Test(
        "what DuckDB writes the store reads, under any name, and the other way",
        arguments: ["plain", "p=a b", "p=a%20b", "p=ü", "p=a+b", "p=a#b", "p=a&b", "p=a'b", "p=%3F%2F", "p=a:b"])
    func names(name: String) async throws {
        let store = try seaweedStore()
        let database = try database(store)
        let path = try #require(ObjectPath("t/\(name)/x.parquet"))
        let url = SQL.literal(store.location(of: path))
        try database.withConnection { connection in
            try connection.execute("COPY (SELECT range AS n FROM range(1000)) TO \(url) (FORMAT parquet)")
        }
        let bytes = try await store.read(path)
        #expect(bytes.prefix(4).elementsEqual(Array("PAR1".utf8)))
        #expect(try await store.list(.root, recursively: true).map(\.path) == [path])
        try await store.delete(path)
        try await store.put(path, bytes)
        let sum = try database.withConnection { connection in
            try number(connection, "SELECT sum(n)::BIGINT FROM read_parquet(\(url))")
        }
        #expect(sum == .int(499_500))
    }

    @Test("a database has the secrets that it is given and no others")
    func secrets() throws {
        let store = try seaweedStore()
        let database = try database(store)
        let count = try database.withConnection { try number($0, "SELECT count(*) FROM duckdb_secrets()") }
        #expect(count == .int(1))
        let error = #expect(throws: DuckDBError.self) {
            try database.withConnection {
                try $0.execute("CREATE PERSISTENT SECRET x (TYPE s3, KEY_ID 'a', SECRET 'b')")
            }
        }
        #expect(error?.message.contains("ersistent secrets are") == true, "\(error?.message ?? "")")
    }
}
