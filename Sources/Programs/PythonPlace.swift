import Foundation

/// The Python that runs a project's functions.
package struct PythonPlace: Sendable {
    /// The program.
    package var python: String
    /// The folder that holds the package `millrace`.
    package var package: String
    /// Why it is this one, in words.
    package var origin: String

    /// What `MILLRACE_PYTHON` names; otherwise the project's own `.venv`; otherwise `python3`.
    package static func find(in folder: String, _ environment: [String: String]) throws -> PythonPlace {
        guard let package = packageFolder(environment) else {
            throw ProgramFault(
                .notStarted, "the Python package 'millrace' was not found beside the program",
                hint: "set MILLRACE_PYTHON_PACKAGE to the folder 'python' of Millrace's sources")
        }
        if let named = environment["MILLRACE_PYTHON"], !named.isEmpty {
            guard let python = Self.program(named, environment) else {
                throw ProgramFault(
                    .notStarted, "MILLRACE_PYTHON names '\(named)', which is no program",
                    hint: "set it to the path of a Python, or unset it")
            }
            return PythonPlace(python: python, package: package, origin: "MILLRACE_PYTHON")
        }
        let own = folder + "/.venv/bin/python"
        if FileManager.default.isExecutableFile(atPath: own) {
            return PythonPlace(python: own, package: package, origin: "the project's .venv")
        }
        guard let python = Self.program("python3", environment) else {
            throw ProgramFault(
                .notStarted, "there is no python3 in PATH",
                hint: "install Python, or set MILLRACE_PYTHON to the path of one")
        }
        return PythonPlace(python: python, package: package, origin: "PATH")
    }

    /// The path of a program by its path or its name.
    static func program(_ name: String, _ environment: [String: String], in folder: String? = nil) -> String? {
        if name.contains("/") {
            let path = name.hasPrefix("/") ? name : (folder ?? FileManager.default.currentDirectoryPath) + "/" + name
            return isProgram(path) ? path : nil
        }
        return (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").lazy.map { "\($0)/\(name)" }
            .first(where: isProgram)
    }

    private static func isProgram(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }

    /// Beside the program, as it is installed or as it is built.
    private static func packageFolder(_ environment: [String: String]) -> String? {
        if let named = environment["MILLRACE_PYTHON_PACKAGE"], !named.isEmpty { return named }
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            for place in ["python", "share/millrace/python"] {
                let candidate = folder.appending(path: place).path
                if FileManager.default.fileExists(atPath: candidate + "/millrace/worker.py") { return candidate }
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// What to do where pyarrow is missing.
    package var remedy: String { "\(python) -m pip install pyarrow" }
}
