import DuckDB
import Engines
import Foundation
import Project
import SparkConnect

extension Workspace {
    /// How a Spark engine of the project does: the version of its server.
    /// - Throws: a `Diagnostic`.
    package func sparkVersion(of name: String) async throws -> String {
        guard let engine = engines.engine(named: name) as? SparkEngine else {
            throw Diagnostic.error("the engine '\(name)' is no Spark")
        }
        var folder: String?
        if case .folder(let store) = project.store {
            // Of one table the log: to look at the whole store could take long.
            folder = project.datasets.lazy.map { "\(store)/\($0.name)/_delta_log" }.first(where: Self.isFolder)
        }
        return try await engine.greet(seeing: folder)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// What is wrong with an engine's name; nil when the project has it.
    static func unknownEngine(_ name: String, in project: Project) -> Diagnostic? {
        guard project.engines[name] == nil else { return nil }
        let near = Spelling.nearest(to: name, among: project.engines.keys)
        return .error(
            "no engine '\(name)' in this project",
            hint: near.map { "did you mean '\($0)'?" }
                ?? "it has " + project.engines.keys.sorted().joined(separator: ", "))
    }

    static func engines(of project: Project, _ options: Options) throws(Diagnostics) -> EngineSet {
        let asked = options.engine
        if let asked, let problem = unknownEngine(asked, in: project) { throw Diagnostics([problem]) }
        let programs = ProgramContext(folder: project.root, environment: options.environment)
        let main = project.embeddedEngine(asked: asked)
        let local = LocalEngine(configuration(of: project, project.engines[main]), programs: programs)
        var engines: [String: any Engine] = [main: local]
        var problems: [Diagnostic] = []
        for (name, definition) in project.engines.sorted(by: { $0.key < $1.key }) where name != main {
            switch definition.kind {
            case .duckdb: engines[name] = LocalEngine(configuration(of: project, definition), programs: programs)
            case .spark:
                do throws(Diagnostic) {
                    engines[name] = try spark(definition, in: project, local)
                } catch {
                    problems.append(error)
                }
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return EngineSet(local: local, engines: engines) { dataset in
            project.engine(for: dataset, asked: asked)
        }
    }

    private static func spark(
        _ definition: EngineDefinition, in project: Project, _ local: LocalEngine
    ) throws(Diagnostic) -> SparkEngine {
        if let setting = definition.settings.keys.sorted().first(where: { SparkEngine.ownSettings[$0] != nil }) {
            throw .error(
                "the setting '\(setting)' of the engine '\(definition.name)' is Millrace's own",
                at: definition.remote?.span,
                hint: "leave it out: what SQL means hangs on it")
        }
        let endpoint: SparkEndpoint
        do throws(SparkEndpointError) {
            endpoint = try SparkEndpoint(reading: definition.remote?.value ?? "")
        } catch {
            throw .error(
                "\(error)", at: definition.remote?.span, hint: "for example 'remote: \"sc://spark.internal:15002\"'")
        }
        return SparkEngine(
            name: definition.name, endpoint: endpoint, remote: definition.remote?.span, settings: definition.settings,
            local: local)
    }

    private static func configuration(
        of project: Project, _ definition: EngineDefinition?
    ) -> Database.Configuration {
        Database.Configuration(
            // A tenth is left for what DuckDB does not count: its allocator's slack, and this program itself.
            memoryLimit: definition?.memory.map { $0 / 10 * 9 }, threads: definition?.threads,
            spillFolder: definition?.spill ?? project.root + "/.millrace/spill",
            settings: ["file_search_path": project.root])
    }
}
