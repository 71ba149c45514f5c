import DeltaLog
import DuckDB

/// The values that files have in columns which only the log knows.
struct PartitionTable {
    private let columns: [TableSnapshot.Column]
    /// Each different list of values, as literals.
    private var values: [[String]] = []
    /// Which of `values` each file has.
    private var codes: [Int] = []

    init(_ columns: [TableSnapshot.Column], of files: [TableSnapshot.File]) {
        self.columns = columns
        guard !columns.isEmpty else { return }
        var known: [[String?]: Int] = [:]
        codes.reserveCapacity(files.count)
        for file in files {
            let texts = columns.map { file.partitionValues[$0.name] ?? nil }
            if let code = known[texts] {
                codes.append(code)
                continue
            }
            known[texts] = values.count
            codes.append(values.count)
            values.append(zip(columns, texts).map { PartitionValue.literal($1, type: $0.type) })
        }
    }

    /// The column's value: a constant when all files have the same. Nil when the column is none of these.
    func expression(of column: TableSnapshot.Column) -> String? {
        guard let index = columns.firstIndex(where: { $0.name == column.name }), let first = values.first else {
            return nil
        }
        return values.count == 1 ? first[index] : "p.v\(index)"
    }

    /// A SELECT of each file's number and values; nil when they are constant.
    var sql: String? {
        guard values.count > 1 else { return nil }
        let names = columns.indices.map { "v\($0)" }
        let rows = values.enumerated().map { "(\($0), \($1.joined(separator: ", ")))" }
        // One text is parsed far faster than as many numbers.
        let list = codes.map(String.init).joined(separator: ",")
        return """
            SELECT n.file, \(names.map { "v.\($0)" }.joined(separator: ", "))
            FROM (SELECT unnest(CAST('[\(list)]' AS INTEGER[])) AS code, unnest(range(\(codes.count))) AS file) AS n
            JOIN (VALUES \(rows.joined(separator: ", "))) AS v(code, \(names.joined(separator: ", "))) USING (code)
            """
    }
}
