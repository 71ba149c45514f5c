package import Project
package import Queries

/// What a dataset's entry says about its columns, held against the columns that its step gives.
package enum ContractCheck {
    package static func problems(of dataset: Dataset, columns: [QueryColumn]) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        func find(_ name: Located<String>) -> QueryColumn? {
            if let column = columns.first(where: { $0.name.lowercased() == name.value.lowercased() }) { return column }
            problems.append(.missingColumn(name, of: dataset.name, among: columns))
            return nil
        }
        for contract in dataset.columns {
            guard let column = find(contract.name), let type = contract.type else { continue }
            // An ingest reads its columns with these types; a query has the types that it has.
            if dataset.step.ingest == nil, !ColumnTypes.isSame(type.value, column.type) {
                problems.append(
                    .error(
                        "column '\(column.name)' is promised as \(type.value), but the "
                            + "\(dataset.step.program == nil ? "query" : "program") gives \(column.type)",
                        at: type.span,
                        hint: dataset.step.program != nil
                            ? "let it return that type, or change the promise"
                            : "cast it in the query (\(column.name)::\(ColumnTypes.canonical(type.value))), "
                                + "or change the promise"))
            }
        }
        for name in dataset.key { _ = find(name) }
        for name in dataset.partitionBy where name.value.lowercased() != Splits.column || dataset.splits == nil {
            _ = find(name)
        }
        if let splits = dataset.splits {
            _ = find(splits.by)
            if columns.contains(where: { $0.name.lowercased() == Splits.column }) {
                problems.append(
                    .error(
                        "'\(dataset.name)' has a column '\(Splits.column)' of its own, which 'splits' would add",
                        at: splits.span, hint: "rename the query's column, or drop 'splits'"))
            }
        }
        if dataset.step.sql == nil || dataset.checks.contains(where: { $0.onFail == .quarantine }) {
            for column in columns where reservedNames.contains(column.name.lowercased()) {
                problems.append(
                    .error(
                        "the column '\(column.name)' has a name that refused rows need for themselves",
                        at: dataset.step.textSpan ?? dataset.span,
                        hint: "rename it; \(reservedNames.sorted().joined(separator: ", ")) are taken in a quarantine"))
            }
        }
        return problems
    }

    /// What a quarantine adds to a row's own columns.
    private static let reservedNames: Set<String> = ["_reasons", "_file", "_input", "_line", "_raw"]

    /// Names that two columns have: such a result is no table.
    package static func repeatedNames(of dataset: Dataset, columns: [QueryColumn]) -> [Diagnostic] {
        var seen: Set<String> = []
        return columns.filter { !seen.insert($0.name.lowercased()).inserted }.map { column in
            .error(
                "two columns are named '\(column.name)'", at: dataset.step.textSpan ?? dataset.span,
                hint: "name one of them with AS, or leave it out with EXCLUDE")
        }
    }
}
