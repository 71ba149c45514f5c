import Checks
import Project
import Queries
import Store

/// The one query that stages a step: the user's rows, with the casts that the table's types need, the rules that send
/// rows to the quarantine, and the split, in a single pass.
struct StepQuery {
    /// The user's query, or the reader of an ingest's files.
    let source: String
    let dataset: Dataset
    let columns: [StorableColumn]
    /// Columns beyond the dataset's own that refused rows carry, by their SQL: `_file`.
    let provenance: [StepSource.Provenance]
    let rules: RowRules
    /// For a partitioned dataset, into which folders its rows go.
    var layout: PartitionLayout?

    /// The functions, registered for this step alone, that count and divert rows.
    struct Routing {
        /// Counts every row: the query's own account of what came in.
        let count: String
        /// Takes the rows that fail a rule; says whether each stays.
        let refuse: String
    }

    /// The statement that writes the files, and how many bytes of it stand before the user's query.
    func copy(to folder: String, filePrefix: String, routing: Routing?) -> (sql: String, offset: Int) {
        let (select, offset) = select(routing: routing)
        var options = ParquetOptions.copy
        if let layout {
            options += layout.options(filePrefix: filePrefix)
        } else if dataset.partitionBy.isEmpty {
            options += [ParquetOptions.fileSize, "FILENAME_PATTERN \(Quote.text("\(filePrefix)-{i}"))"]
        } else {
            // Two values may share a folder (NULL and the text that stands for it): their files must not share a name.
            options.append("FILENAME_PATTERN \(Quote.text("\(filePrefix)-{uuid}"))")
            let names = dataset.partitionBy.map { Quote.name($0.value) }.joined(separator: ", ")
            options += ["PARTITION_BY (\(names))", "WRITE_PARTITION_COLUMNS true"]
        }
        let head = "COPY ("
        return (
            "\(head)\(select)\n) TO \(Quote.text(folder)) (\(options.joined(separator: ", ")))",
            head.utf8.count + offset
        )
    }

    /// From the inside: the user's rows, cast; windows that rules need; each row's bucket, and its split; the rules. The
    /// split comes before the rules, because a filter takes DuckDB's vectors apart and makes what follows dearer.
    ///
    /// Rows are counted in a column, and the filter of the rules asks that column: for DuckDB moves a filter, volatile or
    /// not, below joins, DISTINCT and other filters, where there are other rows, unless it needs a volatile column.
    private func select(routing: Routing?) -> (sql: String, offset: Int) {
        let cast = columns.map(selected) + provenance.map { "\($0.sql) AS \(Quote.name($0.name))" }
        let windows = routing == nil ? "" : rules.windows
        let bucket = dataset.splits.map { ", \(Self.bucket(of: $0)) AS \(Self.bucketColumn)" } ?? ""
        let split = dataset.splits == nil ? "" : ", \(splitColumn) AS \(Quote.name(Splits.column))"
        let published = columns.map(\.name) + (dataset.splits == nil ? [] : [Splits.column])
        let written = published.map { Quote.name($0) } + (layout?.columns ?? [])
        let first = columns.first.map { Quote.name($0.name) } ?? "NULL"
        let counted = routing.map { ", \($0.count)(\(first)) AS \(Self.countedColumn)" } ?? ""

        var head = "SELECT \(written.joined(separator: ", ")) FROM (SELECT *\(split)\(counted) FROM ("
        if !bucket.isEmpty { head += "SELECT *\(bucket) FROM (" }
        if !windows.isEmpty { head += "SELECT *\(windows) FROM (" }
        head += "SELECT \(cast.joined(separator: ", ")) FROM (\n"
        var tail = "\n)))" + (windows.isEmpty ? "" : ")") + (bucket.isEmpty ? "" : ")")
        tail += " AS \(Quote.name(dataset.name.text))"
        if let routing { tail += " WHERE \(admission(routing))" }
        return (head + source + tail, head.utf8.count)
    }

    private static let countedColumn = "\"_millrace_counted\""

    /// Asks about those rows alone that fail a rule.
    private func admission(_ routing: Routing) -> String {
        let arguments = rules.maskWords + provenance.map { Quote.name($0.name) } + columns.map { Quote.name($0.name) }
        return """
            CASE WHEN NOT \(Self.countedColumn) THEN false \
            WHEN \(rules.anyFailing) THEN \(routing.refuse)(\(arguments.joined(separator: ", "))) ELSE true END
            """
    }

    private func selected(_ column: StorableColumn) -> String {
        let name = Quote.name(column.name)
        // A table cannot be partitioned by the empty text: its log has nothing but NULL for it.
        if column.duckDBType == "VARCHAR", dataset.partitionBy.contains(where: { $0.value == column.name }) {
            return "nullif(\(name)::VARCHAR, '') AS \(name)"
        }
        return column.needsCast ? "CAST(\(name) AS \(column.duckDBType)) AS \(name)" : name
    }

    // MARK: Splits

    private static let bucketColumn = "\"_millrace_bucket\""

    /// A number from 0 to 999,999 that depends on the seed and the value alone: the first 15 hexadecimal digits of
    /// MD5 over `seed:value`, so that every engine that has MD5 computes the same. Rows without a value are one group.
    static func bucket(of splits: Splits) -> String {
        let value = "coalesce(\(Quote.name(splits.by.value))::VARCHAR, '')"
        return "('0x' || left(md5('\(splits.seed):' || \(value)), 15))::BIGINT % 1000000"
    }

    private var splitColumn: String { Self.split(of: dataset) ?? "NULL" }

    /// The name of a row's split, from its bucket; nil for a dataset without splits.
    static func split(of dataset: Dataset) -> String? {
        guard let splits = dataset.splits, let last = splits.shares.last else { return nil }
        let total = splits.shares.reduce(0) { $0 + $1.weight }
        var cases = ""
        var sum = 0.0
        for share in splits.shares.dropLast() {
            sum += share.weight
            let bound = Int((sum / total * 1_000_000).rounded())
            cases += "WHEN \(bucketColumn) < \(bound) THEN \(Quote.text(share.name)) "
        }
        return cases.isEmpty ? Quote.text(last.name) : "CASE \(cases)ELSE \(Quote.text(last.name)) END"
    }
}
