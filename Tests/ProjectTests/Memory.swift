import Project
import Testing

/// Reads a project whose files are in memory.
func read(_ files: [String: String], environment: [String: String] = [:]) -> (Project?, [Diagnostic]) {
    let absolute = Dictionary(uniqueKeysWithValues: files.map { ("/work/" + $0, $1) })
    return ProjectReader(environment: environment, files: MemoryFiles(absolute), machineMemory: 1_000_000_000)
        .read(root: "/work")
}

/// Reads a project that must be right.
func project(
    _ files: [String: String], environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
) throws -> Project {
    let (project, diagnostics) = read(files, environment: environment)
    let text = diagnostics.map { $0.rendered() }.joined(separator: "\n")
    return try #require(project, "\(text)", sourceLocation: sourceLocation)
}

func project(
    _ yaml: String, environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
) throws -> Project {
    try project(["millrace.yaml": yaml], environment: environment, sourceLocation: sourceLocation)
}
