import Foundation

/// A line of a file in `Cases`: an expression over the table that a line such as `@words` before it names (else `edge`),
/// or a query if it starts like one. With `!` in front it must be refused; with `~` floating numbers may differ by a part
/// of 4e-15, with `~~` by one of 1e-9. What DuckDB fails on, Spark must fail on as well.
struct Case: Sendable {
    /// As failures name it.
    let name: String
    let query: String
    /// Without the query around it; nil where the line is a query.
    let expression: String?
    /// Whose rows an expression is over.
    let table: String
    let isRefused: Bool
    /// By what part floating numbers may differ.
    let tolerance: Double

    init(_ line: String, table: String = "edge") {
        self.table = table
        isRefused = line.hasPrefix("!")
        tolerance = line.hasPrefix("~~") ? 1e-9 : line.hasPrefix("~") ? 4e-15 : 0
        name = line
        let text = String(line.drop { $0 == "!" || $0 == "~" })
        let isQuery = Self.beginnings.contains { text.uppercased().hasPrefix($0) }
        expression = isQuery ? nil : text
        query = isQuery ? text : "SELECT id, \(text) AS v FROM \(table) ORDER BY id"
    }

    init(name: String, query: String, tolerance: Double) {
        self.name = name
        self.query = query
        self.tolerance = tolerance
        table = ""
        expression = nil
        isRefused = false
    }

    /// The same over some rows of the table; nil for a query, and for no rows.
    func over(_ ids: [Int64]) -> Case? {
        guard let expression, !ids.isEmpty else { return nil }
        let list = ids.map(\.description).joined(separator: ", ")
        return Case(
            name: name, query: "SELECT id, \(expression) AS v FROM \(table) WHERE id IN (\(list)) ORDER BY id",
            tolerance: tolerance)
    }

    /// Whether the rows have an order.
    var isSorted: Bool { query.range(of: "ORDER BY [^()]*$", options: [.regularExpression, .caseInsensitive]) != nil }

    private static let beginnings = ["SELECT ", "WITH ", "FROM ", "VALUES ", "PIVOT ", "UNPIVOT "]
}

/// The files of cases, and the statements that make the tables.
enum CaseFiles {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")

    /// Without their endings.
    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "txt" }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }

    /// To look at some cases: only those that contain this text are tried, and their translations are printed.
    static var chosen: String? {
        ProcessInfo.processInfo.environment["MILLRACE_CASES"].flatMap { $0.isEmpty ? nil : $0 }
    }

    static func cases(_ name: String, chosen: String? = chosen) throws -> [Case] {
        let text = try String(contentsOf: folder.appending(path: "\(name).txt"), encoding: .utf8)
        var cases: [Case] = []
        var table = "edge"
        for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("@") { table = String(line.dropFirst()) }
            guard !line.isEmpty, !line.hasPrefix("#"), !line.hasPrefix("@"), line.contains(chosen ?? line) else {
                continue
            }
            cases.append(Case(line, table: table))
        }
        return cases
    }

    static func tables() throws -> String {
        try String(contentsOf: folder.appending(path: "tables.sql"), encoding: .utf8)
    }
}
