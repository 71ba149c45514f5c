import Foundation
import Processes
import Scheduling
import Supervising
import TestThreads
import Testing

@Suite(
    "A server that is killed", .onTime,
    .enabled(if: Built.program("SchedulerWorkload") != nil, "the program SchedulerWorkload is not built"), .serialized)
struct SurvivalTests {
    private struct Summary: Decodable {
        var kills: Int
        var runs: Int
        var interrupting: Int
        var slowestResume: Double
        var versions: Int
    }

    @Test("kill -9 at random moments: no run is lost, no finished step repeated, no process left, soon taken up again")
    func killed() async throws {
        let kills = ProcessInfo.processInfo.environment["MILLRACE_KILLS"].flatMap { Int($0) } ?? 20
        let folder = try Folder()
        let workload = try #require(Built.program("SchedulerWorkload"))
        let (ending, output, errors) = await Built.run([workload, "survive", folder.path, "\(kills)"])
        #expect(ending == .exited(status: 0), "\(errors)")
        let summary = try JSONDecoder().decode(Summary.self, from: Data(output.utf8))
        print("killed: \(output)")
        #expect(summary.runs == 2 * kills)
        #expect(summary.versions == 3 * summary.runs)
        #expect(summary.interrupting > kills / 4, "many of the kills came while runs went on")
        #expect(summary.slowestResume < 2)
    }
}
