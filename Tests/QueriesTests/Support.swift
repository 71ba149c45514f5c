import DuckDB
import Engines
import Queries

/// DuckDB's parser, as the program uses it.
enum Parser {
    static let engine = LocalEngine(
        Database.Configuration(threads: 1), programs: ProgramContext(folder: "/", environment: [:]))

    static func query(_ sql: String) throws -> SQLQuery {
        try engine.queries([sql])[0].get()
    }
}

/// The tables of these tests.
enum Tables {
    static let columns = ["t": ["a", "b", "c", "l", "s"], "u": ["a", "d"], "v": ["c", "e"]]

    static let definition = """
        CREATE TABLE t(a INTEGER, b INTEGER, c INTEGER, l INTEGER[], s STRUCT(x INTEGER, y INTEGER));
        CREATE TABLE u(a INTEGER, d INTEGER);
        CREATE TABLE v(c INTEGER, e INTEGER);
        """

    static func input(_ name: String) -> ColumnLineage.Input? {
        columns[name.lowercased()].map { .init(dataset: name.lowercased(), columns: $0) }
    }
}

extension ColumnLineage {
    /// A line for each column, `x: t.a identity, t.b filter`, and one for the rows if something decides over them.
    var lines: [String] {
        columns.map { Self.line($0.name, $0.origins) } + (rows.isEmpty ? [] : [Self.line("rows", rows)])
    }

    private static func line(_ name: String, _ origins: [Origin]) -> String {
        let words = origins.map { origin in
            let kinds = origin.kinds.map(\.rawValue).joined(separator: "+")
            return "\(origin.source.dataset).\(origin.source.column ?? "*") \(kinds)"
        }
        return words.isEmpty ? "\(name):" : "\(name): \(words.joined(separator: ", "))"
    }
}
