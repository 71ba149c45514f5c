import DuckDB
import Foundation
import Project
import Telemetry

extension Telemetry {
    /// What tells a run of a project, done by this process.
    /// - Parameter engine: the one that the run was told to use.
    init(of project: Project, engine: String?) {
        let information = ProcessInfo.processInfo
        self.init(
            project, environment: information.environment,
            program: Program(
                version: Release.version, duckDB: { (try? Library.open())?.version ?? Library.supportedVersion },
                engine: engine, host: Self.hostName, process: Int(information.processIdentifier)))
    }

    /// As the kernel has it: nobody is asked over the network.
    private static var hostName: String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
