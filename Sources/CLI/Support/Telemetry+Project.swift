import DuckDB
import Foundation
import Millrace
import Planning
import Project
import Telemetry

extension Telemetry {
    /// What tells a run of a plan, done by this process.
    /// - Parameter engine: the one that the run was told to use.
    init(of plan: Plan, in workspace: Workspace, engine: String?) async {
        let information = ProcessInfo.processInfo
        await self.init(
            workspace.project, environment: information.environment,
            program: Program(
                version: Release.version, duckDB: { (try? Library.open())?.version ?? Library.supportedVersion },
                engine: engine, host: Self.hostName, process: Int(information.processIdentifier)),
            // A run that makes nothing is not told. What is wrong with a query is found when the run begins.
            columns: { plan.isUpToDate ? nil : try? await workspace.lineage() })
    }

    /// As the kernel has it: nobody is asked over the network.
    private static var hostName: String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
