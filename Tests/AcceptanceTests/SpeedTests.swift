import Foundation
import TestThreads
import Testing

/// What a person feels on every call. Measured in processor time, the best of several, so that a busy machine does not
/// matter much; the benchmarks measure what runs take.
@Suite("How quickly a command answers", .ownThreads)
struct SpeedTests {
    private func best(of count: Int, _ sandbox: Sandbox, _ arguments: String...) throws -> Double {
        var best = Double.infinity
        for _ in 0..<count {
            let result = try Program(
                Checkout.millrace, arguments, in: sandbox.path, environment: ProcessInfo.processInfo.environment
            ).wait()
            #expect(result.status == 0, "\(result.text)")
            best = min(best, result.processorSeconds)
        }
        return best
    }

    @Test("the version, in less than 20 ms")
    func version() throws {
        #expect(try best(of: 10, Sandbox(), "--version") < 0.02)
    }

    @Test("a run of a hundred datasets that has nothing to do, in less than 0.2 s")
    func nothingToDo() throws {
        let datasets = (0..<100).map { "d\($0): { sql: SELECT \($0) AS n }" }
        let sandbox = try Sandbox(datasets: datasets.joined(separator: "\n"))
        try sandbox.run("--quiet")
        #expect(try best(of: 5, sandbox, "run") < 0.2)
    }

    @Test("check and plan of 2,000 datasets, in less than 2 s from nothing and 0.5 s when one file changed")
    func large() throws {
        var files: [String: String] = ["landing/in.csv": "id,v,g\n1,1,a\n2,2,b\n"]
        var datasets = "raw:\n  ingest: { files: landing/in.csv }\n"
        for number in 0..<2000 {
            let from = number < 50 ? "raw" : "d\(number - 50)"
            files["datasets/d\(number).sql"] = "SELECT id, v + \(number) AS v, g FROM \(from) WHERE v <> \(number)\n"
            datasets += """
                d\(number):
                  sql: datasets/d\(number).sql
                  columns: { id: { checks: [not_null, unique] } }
                  checks: [ { range: { column: v, min: 0 } } ]

                """
        }
        let sandbox = try Sandbox(datasets: datasets, files)
        let processors = Double(ProcessInfo.processInfo.activeProcessorCount)
        var fromNothing = Double.infinity
        for command in ["check", "plan"] {
            if sandbox.exists(".millrace") { try sandbox.remove(".millrace") }
            fromNothing = try min(fromNothing, best(of: 1, sandbox, command))
        }
        #expect(fromNothing < 2 * min(processors, 2))
        for command in ["check", "plan"] {
            var changed = Double.infinity
            for number in 0..<3 {
                try sandbox.write(
                    "SELECT id, v + 77\(number) AS v, g FROM d1940\n", to: "datasets/d1990.sql")
                changed = try min(changed, best(of: 1, sandbox, command))
            }
            #expect(changed < 0.5 * min(processors, 2), "\(command)")
        }
    }
}
