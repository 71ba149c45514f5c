import CDuckDB
import Foundation

/// DuckDB's shared library, opened once for the whole process.
package struct Library: Sendable {
    /// The file that was opened.
    package let path: String
    /// The library's version, such as `1.5.5`.
    package let version: String

    /// The minor version that the declarations of `CDuckDB` describe; another one may differ in a type or an
    /// argument, which nothing would notice before memory is damaged.
    package static let supportedVersion = "1.5"

    private static let opened = Result<Library, DuckDBError> { () throws(DuckDBError) in try find() }

    /// The process's library, opened on the first call.
    ///
    /// - Throws: `DuckDBError` with code `.libraryMissing` when no library is found, or the one found cannot be used.
    ///   The message names every place that was tried and what to do.
    package static func open() throws(DuckDBError) -> Library {
        try opened.get()
    }

    private static func find() throws(DuckDBError) -> Library {
        try find(named: ProcessInfo.processInfo.environment["MILLRACE_DUCKDB"], near: startingFolders)
    }

    /// Where the search begins: the program's folder and the current one.
    static var startingFolders: [String] {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        return [executable.path, FileManager.default.currentDirectoryPath]
    }

    /// Opens the library that is named; if none is, what `scripts/bootstrap` fetched into one of the folders or those
    /// above them; then the system's.
    static func find(named file: String?, near folders: [String]) throws(DuckDBError) -> Library {
        if let file, !file.isEmpty {
            switch load(file) {
            case .success(let library): return library
            case .failure(let failure):
                throw .libraryMissing(
                    """
                    MILLRACE_DUCKDB names a library that cannot be used:
                      \(file): \(failure.reason)
                    Set it to a libduckdb.so of version \(supportedVersion), or unset it and run scripts/bootstrap.
                    """
                )
            }
        }
        var tried: [String] = []
        for candidate in candidates(near: folders) {
            switch load(candidate) {
            case .success(let library): return library
            case .failure(let failure): tried.append("  \(candidate): \(failure.reason)")
            }
        }
        throw .libraryMissing(
            """
            The DuckDB library was not found. These places were tried:
            \(tried.joined(separator: "\n"))
            Run scripts/bootstrap, or set MILLRACE_DUCKDB to a libduckdb.so of version \(supportedVersion).
            """
        )
    }

    private static func candidates(near folders: [String]) -> [String] {
        let paths = places(of: "libduckdb.so", near: folders)
        // Where nothing is there, the message still has to tell where the library belongs.
        return (paths.isEmpty ? folders.map { "\($0)/.deps/duckdb/libduckdb.so" } : paths) + ["libduckdb.so"]
    }

    /// Where `scripts/bootstrap` put a file for one of the folders or those above them: the files that are there.
    static func places(of file: String, near folders: [String]) -> [String] {
        var paths: [String] = []
        for start in folders {
            var folder = URL(fileURLWithPath: start).standardizedFileURL
            while true {
                let path = folder.appendingPathComponent(".deps/duckdb/\(file)").path
                if FileManager.default.fileExists(atPath: path), !paths.contains(path) { paths.append(path) }
                if folder.path == "/" { break }
                folder.deleteLastPathComponent()
            }
        }
        return paths
    }

    private struct Failure: Error {
        var reason: String
    }

    private static func load(_ path: String) -> Result<Library, Failure> {
        if path.contains("/"), !FileManager.default.fileExists(atPath: path) {
            return .failure(Failure(reason: "no such file, here or in the folders above"))
        }
        var buffer = [CChar](repeating: 0, count: 1024)
        let result = cduckdb_open(path, "v\(supportedVersion).", &buffer, buffer.count)
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        switch result {
        case CDUCKDB_OPENED:
            return .success(Library(path: path, version: String(text.drop { $0 == "v" })))
        case CDUCKDB_MISSING_FUNCTION:
            return .failure(Failure(reason: "not DuckDB \(supportedVersion): it has no function \(text)"))
        case CDUCKDB_OTHER_VERSION:
            return .failure(Failure(reason: "this is DuckDB \(text), and Millrace needs \(supportedVersion)"))
        default:
            // The linker repeats the path.
            return .failure(
                Failure(reason: text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text))
        }
    }
}
