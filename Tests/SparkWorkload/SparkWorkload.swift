import Columnar
import Foundation
import SparkConnect
import Synchronization

/// Streams generated rows from a server and says how fast they came and how much memory that took:
/// `SparkWorkload sc://127.0.0.1:15002 100000000`.
@main
struct SparkWorkload {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int64(arguments[2]) else {
            FileHandle.standardError.write(Data("usage: SparkWorkload CONNECTION-STRING ROWS\n".utf8))
            exit(2)
        }
        try await SparkSession.with(SparkEndpoint(reading: arguments[1])) { session in
            let clock = ContinuousClock()
            let begin = clock.now
            let early = Mutex<Int?>(nil)
            var rows = 0
            var bytes = 0
            // Spark makes each part whole, in its own memory, before it sends it.
            let numbers = SparkRelation.range(0, count, partitions: Int(count / 500_000) + 1)
            try await session.withEvents(of: .rows(numbers)) { events in
                for try await event in events {
                    guard case .batch(let batch) = event else { continue }
                    rows += try batch.decoded().count
                    bytes += batch.bytes.count
                    if rows > Int(count) / 10 { early.withLock { $0 = $0 ?? peakMemory() } }
                }
            }
            let seconds = (clock.now - begin) / .seconds(1)
            print("rows \(rows), bytes \(bytes), seconds \(seconds), rows per second \(Int(Double(rows) / seconds))")
            print("peak memory in KiB: \(early.withLock { $0 } ?? 0) after a tenth, \(peakMemory()) at the end")
        }
    }

    /// In KiB; 0 where the system does not tell.
    private static func peakMemory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
    }
}
