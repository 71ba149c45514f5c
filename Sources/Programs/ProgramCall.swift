package import Project

/// What a program is run with.
package struct ProgramCall: Sendable {
    package var step: ProgramStep
    /// The project's folder, where the program runs.
    package var folder: String
    package var environment: [String: String]
    /// The Python that runs functions, and where the package `millrace` is; nil for other programs.
    package var python: PythonPlace?

    /// - Throws: `ProgramFault`.
    package init(_ step: ProgramStep, folder: String, environment: [String: String]) throws {
        self.step = step
        self.folder = folder
        self.environment = environment
        if case .python = step.program { python = try PythonPlace.find(in: folder, environment) }
    }
}
