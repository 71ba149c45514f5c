import DuckDB
import Project

/// One thing that a writer does. Its rows follow from its name alone, so that whoever finds it in a log knows them.
struct Step: Hashable {
    enum Kind: String {
        case append, merge, optimize
    }

    var kind: Kind
    /// A number that no other writer has.
    var writer: Int
    var number: Int

    static let columns = "key BIGINT, writer BIGINT, step BIGINT, value DOUBLE"
    static let key = ["key"]
    static let deleteWhen = "value = 9"

    init(kind: Kind, writer: Int, number: Int) {
        self.kind = kind
        self.writer = writer
        self.number = number
    }

    /// The step that a run was, by its name.
    init?(run: String) {
        let parts = run.split(separator: "-")
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])), let writer = Int(parts[1]),
            let number = Int(parts[2])
        else { return nil }
        self.init(kind: kind, writer: writer, number: number)
    }

    var run: String { "\(kind.rawValue)-\(writer)-\(number)" }

    /// The rows that it writes: new keys below zero when it appends; when it merges ten keys of a hundred, the last of
    /// which is to be deleted.
    var rows: String {
        let key =
            kind == .merge
            ? "(\(number) * 7 + range * 13 + \(writer)) % 101"
            : "-1 - (CAST(\(writer) AS BIGINT) * 1000000000 + \(number) * 10 + range)"
        return """
            SELECT CAST(\(key) AS BIGINT) AS key, CAST(\(writer) AS BIGINT) AS writer, CAST(\(number) AS BIGINT) AS step,
                CAST(range AS DOUBLE) AS value FROM range(10)
            """
    }

    /// The statements that do it to a table of DuckDB.
    func effect(on table: String) -> String {
        switch kind {
        case .append: "INSERT INTO \(table) \(rows)"
        case .merge:
            """
            DELETE FROM \(table) WHERE key IN (SELECT key FROM (\(rows)));
            INSERT INTO \(table) FROM (\(rows)) WHERE (\(Self.deleteWhen)) IS NOT TRUE;
            """
        case .optimize: ""
        }
    }
}
