import DuckDB
import Queries
import Testing

/// The judge is DuckDB: when the values of one input column change, only those columns of the result may change that
/// have it in their lineage.
@Suite("Lineage leaves nothing out")
struct LineageSoundnessTests {
    private static let rowCount = 7

    @Test(
        "a column of a random query changes only with columns that its lineage names",
        arguments: [1, 2, 3, 4] as [UInt64])
    func changes(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let database = try Database(.init(threads: 1))
        try database.withConnection { connection in
            try connection.execute(Tables.definition)
            var values: [String: [String: [String]]] = [:]
            for (table, columns) in Tables.columns.sorted(by: { $0.key < $1.key }) {
                for column in columns { values[table, default: [:]][column] = Self.values(column, &random) }
                try Self.load(table, values[table] ?? [:], connection)
            }
            var samples: [Sample] = []
            for number in 0..<120 {
                var generator = RandomQuery(seed: seed << 20 | UInt64(number))
                if let sample = try Sample(generator.sql(), connection) { samples.append(sample) }
            }
            // A query that DuckDB refuses says nothing; most must be fine.
            #expect(samples.count >= 100)
            var changes = 0
            for (table, columns) in Tables.columns.sorted(by: { $0.key < $1.key }) {
                for column in columns {
                    var changed = values[table] ?? [:]
                    changed[column] = Self.values(column, &random)
                    try Self.load(table, changed, connection)
                    for sample in samples {
                        for place in sample.changed(connection) {
                            changes += 1
                            #expect(
                                sample.names(table, column, at: place),
                                "column \(place + 1) changes with \(table).\(column): \(sample.sql)")
                        }
                    }
                    try Self.load(table, values[table] ?? [:], connection)
                }
            }
            #expect(changes > 200)
        }
    }

    /// A query with its result and its lineage.
    private struct Sample {
        var sql: String
        /// The values of each column, sorted: the order of rows is DuckDB's affair.
        var columns: [[String]]
        var lineage: ColumnLineage

        /// Nil for a query that DuckDB refuses.
        init?(_ sql: String, _ connection: Connection) throws {
            guard let columns = Self.result(sql, connection), let names = try? connection.columns(of: sql).map(\.name)
            else { return nil }
            self.sql = sql
            self.columns = columns
            lineage = ColumnLineage.of(try Parser.query(sql), inputs: Tables.input, result: names)
            #expect(lineage.columns.map(\.name) == names)
        }

        private static func result(_ sql: String, _ connection: Connection) -> [[String]]? {
            guard let count = try? connection.columns(of: sql).count, let rows = try? connection.query(sql) else {
                return nil
            }
            return (0..<count).map { column in rows.map { $0[column].description }.sorted() }
        }

        /// The places of the columns that are others now.
        func changed(_ connection: Connection) -> [Int] {
            guard let now = Self.result(sql, connection) else { return [] }
            return columns.indices.filter { columns[$0] != now[$0] }
        }

        func names(_ table: String, _ column: String, at place: Int) -> Bool {
            (lineage.columns[place].origins + lineage.rows).contains {
                $0.source.dataset == table && ($0.source.column ?? column) == column
            }
        }
    }

    private static func load(_ table: String, _ values: [String: [String]], _ connection: Connection) throws {
        let rows = (0..<rowCount).map { row in
            "(" + (Tables.columns[table] ?? []).map { values[$0]?[row] ?? "NULL" }.joined(separator: ", ") + ")"
        }
        try connection.execute("DELETE FROM \(table); INSERT INTO \(table) VALUES \(rows.joined(separator: ", "))")
    }

    private static func values(_ column: String, _ random: inout SplitMix64) -> [String] {
        func number(_ random: inout SplitMix64) -> String {
            Int.random(in: 0..<8, using: &random) == 0 ? "NULL" : "\(Int.random(in: 0...5, using: &random))"
        }
        return (0..<rowCount).map { _ in
            switch column {
            case "l":
                let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in number(&random) }
                return "[\(items.joined(separator: ", "))]::INTEGER[]"
            case "s": return "{'x': \(number(&random)), 'y': \(number(&random))}"
            default: return number(&random)
            }
        }
    }
}
