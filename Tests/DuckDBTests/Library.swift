import Foundation
import Testing

@testable import DuckDB

@Suite("Library")
struct LibraryTests {
    @Test("the library is of the supported version, and opened once")
    func opened() throws {
        let library = try Library.open()
        #expect(library.version.hasPrefix(Library.supportedVersion + "."))
        #expect(library.path.hasSuffix(".so"))
    }

    @Test("what is named but cannot be used says why")
    func named() throws {
        func message(_ file: String) -> String {
            let error = #expect(throws: DuckDBError.self) { try Library.find(named: file, near: []) }
            #expect(error?.code == .libraryMissing)
            return error.map { "\($0)" } ?? ""
        }
        #expect(message("/no/such/libduckdb.so").contains("/no/such/libduckdb.so: no such file"))
        #expect(message("libm.so.6").contains("libm.so.6: not DuckDB 1.5: it has no function duckdb_"))
        try withTemporaryFolder { folder in
            try Data("no library".utf8).write(to: URL(fileURLWithPath: folder + "/libduckdb.so"))
            #expect(message(folder + "/libduckdb.so").contains("libduckdb.so: file too short"))
        }
        // None of these attempts did harm.
        #expect(try Database().connect().query("SELECT 1")[0][0] == 1)
    }

    @Test("the fetched library is found in the folders above; when nothing is, all places tried are named")
    func found() throws {
        let opened = try Library.open()
        try withTemporaryFolder { folder in
            let deep = folder + "/a/b/c"
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
            let error = #expect(throws: DuckDBError.self) { try Library.find(named: nil, near: [deep, folder + "/a"]) }
            let message = error.map { "\($0)" } ?? ""
            #expect(message.contains("\(deep)/.deps/duckdb/libduckdb.so: no such file"))
            #expect(message.contains("\(folder)/a/.deps/duckdb/libduckdb.so: no such file"))
            #expect(message.contains("  libduckdb.so: "))
            #expect(message.contains("scripts/bootstrap"))
            let fetched = folder + "/a/.deps/duckdb/libduckdb.so"
            try FileManager.default.createDirectory(
                atPath: folder + "/a/.deps/duckdb",
                withIntermediateDirectories: true
            )
            try FileManager.default.createSymbolicLink(atPath: fetched, withDestinationPath: opened.path)
            #expect(try Library.find(named: "", near: [deep]).path == fetched)
        }
    }
}
