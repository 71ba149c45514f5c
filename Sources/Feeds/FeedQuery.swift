package import Project
import Queries
package import Store

/// The rows of a feed, as SQL over a pinned version.
package struct FeedQuery: Sendable {
    private let snapshot: TableSnapshot
    private let columns: [String]
    private let split: String?
    private let shuffleSeed: Int?

    /// A whole dataset in the order of its files.
    package init(_ snapshot: TableSnapshot) {
        self.snapshot = snapshot
        columns = snapshot.columns.map(\.name)
        split = nil
        shuffleSeed = nil
    }

    /// A feed. Columns, label or split that the version does not have are diagnostics.
    package init(_ feed: Feed, of snapshot: TableSnapshot) throws(Diagnostics) {
        self.snapshot = snapshot
        let all = snapshot.columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
        var wanted = feed.columns + [feed.label].compactMap { $0 }
        var seen: Set<String> = []
        wanted = wanted.filter { seen.insert($0.value.lowercased()).inserted }
        let missing = wanted.filter { name in !all.contains { $0.name.lowercased() == name.value.lowercased() } }
        guard missing.isEmpty else {
            throw Diagnostics(missing.map { .missingColumn($0, of: snapshot.name, among: all) })
        }
        if let split = feed.split, !all.contains(where: { $0.name == Splits.column }) {
            throw Diagnostics([
                .error(
                    "'\(snapshot.name)' has no splits to choose from", at: split.span,
                    hint: "add 'splits' to the dataset, or drop 'split' from the feed")
            ])
        }
        columns = feed.columns.isEmpty ? all.map(\.name) : wanted.map(\.value)
        split = feed.split?.value
        shuffleSeed = feed.shuffleSeed
    }

    /// - Parameter only: the one split that is wanted, for a feed that does not choose one itself.
    package func select(only: String? = nil) -> String {
        let names = columns.map { Quote.name($0) }.joined(separator: ", ")
        var rows = "SELECT * FROM (\(snapshot.scanSQL))"
        if let split = split ?? only { rows += " WHERE \(Quote.name(Splits.column)) = \(Quote.text(split))" }
        guard let shuffleSeed else { return "SELECT \(names) FROM (\(rows))" }
        // A row's number among the version's rows is the same on every machine, so the order is, too.
        let key = "md5('\(shuffleSeed):' || row_number() OVER ())"
        return
            "SELECT \(names) FROM (SELECT *, \(key) AS \"_millrace_order\" FROM (\(rows))) ORDER BY \"_millrace_order\""
    }
}
