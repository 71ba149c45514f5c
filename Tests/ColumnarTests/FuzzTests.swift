import Foundation
import Testing

@Suite(.enabled(if: Workload.path != nil, "the program ColumnarWorkload is not built"))
struct FuzzTests {
    /// A million takes some ten seconds.
    private static let inputs = ProcessInfo.processInfo.environment["MILLRACE_COLUMNAR_FUZZ"] ?? "1000000"

    private struct Outcome: Decodable {
        var inputs: Int
        var refused: Int
        var values: Int
        var memory: Int
    }

    @Test("mutated streams and files are read or refused, and never end the process or fill the memory")
    func mutated() throws {
        let result = try Workload.run("fuzz", Self.inputs)
        #expect(result.status == 0, "\(result.output)")
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(result.output.utf8))
        #expect(outcome.inputs == Int(Self.inputs))
        // Many are refused, but some are read, or the test would show little.
        #expect(outcome.refused > outcome.inputs / 4)
        #expect(outcome.values > outcome.inputs)
        // The limit for one decompressed body is 16 MiB.
        #expect(outcome.memory < 64 << 20)
    }
}
