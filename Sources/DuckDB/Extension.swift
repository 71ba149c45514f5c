import Foundation

/// An extension of DuckDB as a file on this machine. Nothing is downloaded.
package enum Extension {
    /// DuckDB's own extension for `s3://` and `https://`.
    package static let httpfs = "httpfs"

    /// The file of an extension, for `Database.Configuration.extensions`: the one that `MILLRACE_` and the name in upper
    /// case names (`MILLRACE_HTTPFS`); the one beside DuckDB's library; what `scripts/bootstrap` fetched; what DuckDB's
    /// own `INSTALL` put into the user's folder.
    ///
    /// - Throws: `DuckDBError` of code `.missingExtension` when there is none, with the places that were tried, or
    ///   `.libraryMissing`.
    package static func find(_ name: String) throws(DuckDBError) -> String {
        try find(
            name, library: try Library.open(), environment: ProcessInfo.processInfo.environment,
            near: Library.startingFolders)
    }

    static func find(
        _ name: String, library: Library, environment: [String: String], near folders: [String]
    ) throws(DuckDBError) -> String {
        let variable = "MILLRACE_\(name.uppercased())"
        let file = "\(name).duckdb_extension"
        if let path = environment[variable], !path.isEmpty {
            guard FileManager.default.fileExists(atPath: path) else {
                throw missing(
                    """
                    \(variable) names a file that is not there: \(path)
                    Set it to the \(file) of DuckDB \(library.version), or unset it and run scripts/bootstrap.
                    """)
            }
            return path
        }
        var places: [String] = []
        if library.path.contains("/") {
            places.append(
                URL(fileURLWithPath: library.path).deletingLastPathComponent().appendingPathComponent(file).path)
        }
        places += Library.places(of: file, near: folders)
        if let home = environment["HOME"], !home.isEmpty {
            places.append("\(home)/.duckdb/extensions/v\(library.version)/\(platform)/\(file)")
        }
        if let path = places.first(where: { FileManager.default.fileExists(atPath: $0) }) { return path }
        throw missing(
            """
            DuckDB's extension \(name) was not found. These places were tried:
            \(places.map { "  \($0)" }.joined(separator: "\n"))
            Run scripts/bootstrap, or set \(variable) to the \(file) of DuckDB \(library.version).
            """)
    }

    /// As DuckDB names it.
    private static var platform: String {
        #if arch(arm64)
            "linux_arm64"
        #else
            "linux_amd64"
        #endif
    }

    private static func missing(_ message: String) -> DuckDBError {
        DuckDBError(code: .missingExtension, message: message)
    }
}
