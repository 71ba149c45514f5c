import DuckDB
package import Engines
import Foundation
import ObjectStore
package import Project
import Running
package import Store

/// A project with its store and its engine: everything that commands, and programs, do with one.
package final class Workspace: Sendable {
    package struct Options: Sendable {
        /// Where to start looking for `millrace.yaml`, upwards.
        package var folder: String
        package var environment: [String: String]
        package var millraceVersion: String
        /// The engine asked for on the command line.
        package var engine: String?
        /// How each dataset's last run ended, for the selector `result:`: `failed`, `skipped` or `done`.
        package var lastResults: @Sendable () -> [DatasetName: String]

        package init(
            folder: String, environment: [String: String], millraceVersion: String, engine: String? = nil,
            lastResults: @escaping @Sendable () -> [DatasetName: String] = { [:] }
        ) {
            self.lastResults = lastResults
            self.folder = folder
            self.environment = environment
            self.millraceVersion = millraceVersion
            self.engine = engine
        }
    }

    package let project: Project
    package let warnings: [Diagnostic]
    /// What makes the steps.
    package let engines: EngineSet
    /// What parses and binds SQL, and answers queries.
    package var engine: LocalEngine { engines.local }
    package let store: DatasetStore
    let options: Options
    let now: @Sendable () -> Int

    /// Reads the project; what is wrong with it is thrown, all at once.
    package static func open(
        _ options: Options, files: any ProjectFiles = DiskFiles()
    ) throws(Diagnostics) -> Workspace {
        let folder = URL(fileURLWithPath: options.folder).standardizedFileURL.path
        guard let root = ProjectReader.findRoot(from: folder, files: files) else {
            throw Diagnostics([
                .error(
                    "no millrace.yaml in '\(options.folder)' or above it",
                    hint: "'millrace init' makes a project here; -C FOLDER names another place")
            ])
        }
        let reader = ProjectReader(environment: options.environment, files: files)
        let (project, diagnostics) = reader.read(root: root)
        guard let project, !diagnostics.contains(where: { $0.severity == .error }) else {
            throw Diagnostics(diagnostics)
        }
        return try Workspace(project: project, warnings: diagnostics, options: options)
    }

    private init(project: Project, warnings: [Diagnostic], options: Options) throws(Diagnostics) {
        self.project = project
        self.warnings = warnings
        self.options = options
        now = { Int(Date().timeIntervalSince1970 * 1000) }
        engines = try Self.engines(of: project, options)
        let engine = engines.local
        let places = Places(project: project, environment: options.environment, engines: engines)
        do {
            store = DatasetStore(
                objects: try places.store(), database: { try engine.database() },
                elsewhere: { try places.table(at: $0) }, now: now)
        } catch {
            throw Diagnostics([Diagnostic(StoreError(error, dataset: nil))])
        }
    }

    /// The folder for what may be lost: run history, caches, spilled data.
    package var stateFolder: String { project.root + "/.millrace" }
}
