import Foundation
import Testing

@testable import DuckDB

@Suite("Extensions of DuckDB")
struct ExtensionTests {
    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "extension-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func find(_ library: URL, _ environment: [String: String], near folder: URL) throws -> String {
        try Extension.find(
            "httpfs", library: Library(path: library.path, version: "1.5.5"), environment: environment,
            near: [folder.path])
    }

    @Test("the file that the variable names comes first, then the one beside the library, then bootstrap's")
    func order() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let places = ["named/x", "library/httpfs.duckdb_extension", ".deps/duckdb/httpfs.duckdb_extension"].map {
            folder.appending(path: $0)
        }
        for place in places {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: place)
        }
        let library = folder.appending(path: "library/libduckdb.so")
        let below = folder.appending(path: "library")
        #expect(try find(library, ["MILLRACE_HTTPFS": places[0].path], near: below) == places[0].path)
        #expect(try find(library, [:], near: below) == places[1].path)
        try FileManager.default.removeItem(at: places[1])
        #expect(try find(library, ["MILLRACE_HTTPFS": ""], near: below) == places[2].path)
    }

    @Test("a missing extension is told with the places and the way out")
    func missing() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let library = folder.appending(path: "libduckdb.so")
        let error = #expect(throws: DuckDBError.self) { _ = try find(library, ["HOME": "/nowhere"], near: folder) }
        #expect(error?.code == .missingExtension)
        #expect(
            error?.description.hasPrefix("DuckDB's extension httpfs was not found. These places were tried:") == true)
        #expect(error?.message.contains(folder.appending(path: "httpfs.duckdb_extension").path) == true)
        #expect(error?.message.contains("/nowhere/.duckdb/extensions/v1.5.5/linux_") == true)
        #expect(error?.message.hasSuffix("MILLRACE_HTTPFS to the httpfs.duckdb_extension of DuckDB 1.5.5.") == true)
        let named = #expect(throws: DuckDBError.self) {
            _ = try find(library, ["MILLRACE_HTTPFS": "/no/file"], near: folder)
        }
        #expect(named?.message.hasPrefix("MILLRACE_HTTPFS names a file that is not there: /no/file") == true)
    }
}
