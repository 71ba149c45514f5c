import DuckDB

/// The columns of a table that a sequence of operations works on.
struct RandomTable: Sendable {
    struct Column: Hashable, Sendable {
        var name: String
        var type: RandomType
        /// The key columns have a value in every row, and together differ within a batch.
        var isKey = false
    }

    var columns: [Column]
    var partitionBy: [String]

    static let names = [
        "id", "a b", "ünï", "😀", "per%cent", "sl/ash", "eq=ual", "quo'te", "dou\"ble", "new\nline", "semi;colon",
        "comma,",
        "par(en)", "br{ace}", "dot.ted", "UPPER", "中文", "back`tick", "_under", "select", "hash#", "quest?ion",
        "[square]",
        "back\\slash", " lead", "tab\t", "filename", "file_row_number", "1st",
    ]

    init(_ generator: inout SplitMix64) {
        var names = Self.names.shuffled(using: &generator)
        columns = (0..<generator.within(1...2)).map { _ in
            Column(name: names.removeLast(), type: Self.keyType(&generator), isKey: true)
        }
        for _ in 0..<generator.within(1...5) {
            columns.append(Column(name: names.removeLast(), type: RandomType.random(&generator)))
        }
        columns.shuffle(using: &generator)
        let candidates = columns.filter(\.type.canPartition).map(\.name).shuffled(using: &generator)
        let most = min(generator.percent(45) ? generator.within(1...2) : 0, columns.count - 1)
        partitionBy = Array(candidates.prefix(most))
    }

    private static func keyType(_ generator: inout SplitMix64) -> RandomType {
        generator.pick([.long, .integer, .byte, .string, .date, .timestamp, .decimal(10, 2), .decimal(25, 3)])
    }

    var keys: [String] { columns.filter(\.isKey).map(\.name) }

    /// A name that no column has yet.
    func freeName(_ generator: inout SplitMix64) -> String? {
        let taken = Set(columns.map { $0.name.lowercased() })
        let free = Self.names.filter { !taken.contains($0.lowercased()) }
        return free.isEmpty ? nil : generator.pick(free)
    }

    /// A SELECT of random rows, whose keys differ from one another and are among a hundred at most.
    func rows(_ generator: inout SplitMix64, most: Int = 40) -> String {
        // Each value of a partition column is a file.
        let isFine = columns.first(where: \.isKey).map { partitionBy.contains($0.name) } ?? false
        let modulus = isFine ? 11 : generator.pick([31, 61, 97])
        let count = generator.within(0...min(most, modulus))
        let factor = generator.within(1...(modulus - 1))
        let shift = generator.below(modulus)
        let isFirstKey = columns.first(where: \.isKey)?.name
        let selected = columns.map { column in
            let expression: String
            if column.isKey {
                // The first key column alone tells the rows apart; another one repeats.
                expression = Self.key(column.type, column.name == isFirstKey ? "i" : "(i % 5)")
            } else {
                let pool = (0..<generator.within(1...8)).map { _ in
                    column.type.literal(&generator, isPartition: partitionBy.contains(column.name))
                }
                let salt = generator.below(1 << 30)
                expression = "[\(pool.joined(separator: ", "))][1 + (hash(r, \(salt)) % \(pool.count))::BIGINT]"
            }
            return "\(expression) AS \(SQL.quoted(column.name))"
        }
        return """
            SELECT \(selected.joined(separator: ", "))
            FROM (SELECT (range * \(factor) + \(shift)) % \(modulus) AS i, range AS r FROM range(\(count)))
            """
    }

    private static func key(_ type: RandomType, _ number: String) -> String {
        switch type {
        case .string:
            "['é', '%', '/', '=', '''', '😀', ' ', 'x'][1 + \(number) % 8] || \(number)"
        case .date: "DATE '2024-01-01' + CAST(\(number) AS INTEGER)"
        case .timestamp: "TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL (\(number)) MICROSECOND"
        case .decimal: "CAST(\(number) / 4 AS \(type.text))"
        default: "CAST(\(number) AS \(type.text))"
        }
    }

    var describedColumns: String {
        columns.map { "\(SQL.quoted($0.name)) \($0.type.text)" }.joined(separator: ", ")
    }
}
