package import Project
package import Queries

/// How the checks of a dataset are decided: which while writing, which afterwards, with which SQL.
///
/// The SQL names the dataset by its own name, and other datasets by theirs: whoever runs it makes these names mean the
/// staged rows and the pinned inputs.
package struct CheckPlan: Sendable {
    package let rowRules: RowRules
    package let tableRules: [TableRule]
    /// For checks that look at some of the rows only: the index in `rowRules.rules` and the aggregate that counts them.
    package let looked: [(rule: Int, aggregate: String)]

    /// Compiles the checks of a dataset whose result has these columns. What names a column that is not there, or asks
    /// for what the column's type cannot have, is a diagnostic.
    /// - Parameter preceding: rules of the step's source, with the first bits of the mask.
    package static func compile(
        _ dataset: Dataset, columns: [QueryColumn], preceding: [RowRule] = []
    ) -> (CheckPlan, [Diagnostic]) {
        var compiler = CheckCompiler(dataset: dataset, columns: columns, preceding: preceding)
        for check in dataset.checks + dataset.mergeKeyChecks { compiler.add(check) }
        let plan = CheckPlan(
            rowRules: RowRules(compiler.rowRules), tableRules: compiler.tableRules, looked: compiler.looked)
        return (plan, compiler.diagnostics)
    }

    /// The shared scan: one query over the staged rows that answers everything that one scan can.
    /// - Parameter extra: further aggregates that the caller wants from the same scan.
    /// - Returns: the query; its columns are the row count, then `extra`, `looked`, and the aggregates of `tableRules`,
    ///   each in order.
    package func sharedScan(of table: String, extra: [String] = []) -> String {
        let aggregates: [String] = tableRules.compactMap {
            if case .aggregate(let sql) = $0.question { sql } else { nil }
        }
        let columns = ["count(*)"] + extra + looked.map(\.aggregate) + aggregates
        return "SELECT \(columns.joined(separator: ", ")) FROM \(Quote.name(table))"
    }
}
