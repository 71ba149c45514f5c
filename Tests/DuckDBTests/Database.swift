import DuckDB
import Foundation
import Testing

@Suite("Database")
struct DatabaseTests {
    static let sort =
        "SELECT count(*) FROM (SELECT i, hash(i) AS h, md5(i::VARCHAR) AS m FROM range(6000000) r(i) ORDER BY m OFFSET 10)"

    @Test("what exceeds the memory limit is spilled into the folder, and removed")
    func spills() throws {
        try withTemporaryFolder { folder in
            let spill = folder + "/spill"
            let database = try Database(.init(memoryLimit: 150_000_000, threads: 2, spillFolder: spill))
            let connection = try database.connect()
            #expect(try connection.query(Self.sort)[0][0] == 5_999_990)
            #expect(FileManager.default.fileExists(atPath: spill))
            withExtendedLifetime(database) {}
        }
    }

    @Test("without a folder for spilling the limit is an error, and nothing is written anywhere")
    func outOfMemory() throws {
        let database = try Database(.init(memoryLimit: 50_000_000, threads: 2))
        let error = #expect(throws: DuckDBError.self) { try database.withConnection { try $0.query(Self.sort) } }
        #expect(error?.code == .outOfMemory)
        #expect(!FileManager.default.fileExists(atPath: ".tmp"))
    }

    @Test("settings and limits hold for every connection")
    func settings() throws {
        let database = try Database(
            .init(memoryLimit: 1 << 30, threads: 3, settings: ["preserve_insertion_order": "false"]))
        for _ in 0..<2 {
            let row = try database.withConnection {
                try $0.query(
                    """
                    SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS threads,
                        current_setting('preserve_insertion_order') AS ordered
                    """
                )[0]
            }
            #expect(row["memory"] == "1.0 GiB")
            #expect(row["threads"] == 3)
            #expect(row["ordered"] == false)
        }
    }
}
