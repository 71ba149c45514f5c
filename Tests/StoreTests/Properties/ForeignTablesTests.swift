import DuckDB
import Foundation
import Testing

@testable import Project
@testable import Store

@Suite(
    "Tables that deltalake wrote",
    .enabled(if: DeltaLakeTool.isInstalled, "scripts/bootstrap --test installs deltalake"))
struct ForeignTablesTests {
    private struct Case: Codable {
        var table: String
        var version: Int
        var expected: String
        var description: String
    }

    @Test("every version is read row for row as pyarrow reads it")
    func everyVersion() async throws {
        let folder = Scratch.folder("foreign")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let place = try PropertyStore(folder: folder + "/store")
        for name in ["store", "expected"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        let output = try Judge.run("write_tables.py", folder + "/store", folder + "/expected")
        let cases = try JSONDecoder().decode([Case].self, from: Data(output.utf8))
        #expect(cases.count > 200)
        let connection = try place.database.connect()
        for item in cases {
            let about = "version \(item.version) of \(item.description)"
            do {
                let name = try #require(DatasetName(item.table))
                let snapshot = try await place.store.snapshot(of: name, at: Version(item.version))
                let expected = "FROM read_parquet(\(SQL.literal(item.expected)))"
                if let difference = try Difference.between(snapshot.scanSQL, and: expected, on: connection) {
                    Issue.record("\(about): \(difference)")
                }
                #expect(
                    try snapshot.rowCount.map(Int64.init) ?? -1
                        == connection.query("SELECT count(*) FROM (\(expected))").first?[0].int, "\(about)")
            } catch {
                Issue.record("\(about): \(error)")
            }
        }
    }
}
