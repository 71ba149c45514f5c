/// From which columns of its inputs a query makes each column of its result, in the notions of OpenLineage.
///
/// Nothing is left out: a change in a column that is not named here cannot change the result. What cannot be told
/// exactly is said as all columns of an input.
package struct ColumnLineage: Sendable, Equatable {
    /// In what way a column takes part.
    package enum Kind: String, Codable, Sendable, CaseIterable, Comparable {
        /// It is taken as it is.
        case identity
        /// Something is computed from it, row by row.
        case transformation
        /// Something is computed from it over several rows.
        case aggregation
        /// It decides which rows are put together.
        case join
        /// It decides which rows there are.
        case filter
        case groupBy = "group_by"
        case sort
        /// It decides over what a window ranges.
        case window
        /// It decides which of several values is taken.
        case conditional

        /// Whether its values are in the result, and do not only decide over others.
        package var isDirect: Bool { self <= .aggregation }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        package static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }
    }

    /// A column of an input.
    package struct Source: Sendable, Hashable, Comparable {
        package var dataset: String
        /// Nil for all columns, where it cannot be told which.
        package var column: String?

        package init(dataset: String, column: String?) {
            self.dataset = dataset
            self.column = column
        }

        package static func < (left: Source, right: Source) -> Bool {
            (left.dataset, left.column ?? "") < (right.dataset, right.column ?? "")
        }
    }

    /// A source, and all the ways in which it takes part, the most direct first.
    package struct Origin: Sendable, Hashable {
        package var source: Source
        package var kinds: [Kind]

        package init(source: Source, kinds: [Kind]) {
            self.source = source
            self.kinds = kinds
        }

        package var isDirect: Bool { kinds.first?.isDirect ?? false }
    }

    package struct Column: Sendable, Equatable {
        package var name: String
        /// What it is made of, and what decides over it alone; in the order of their names.
        package var origins: [Origin]

        package init(name: String, origins: [Origin]) {
            self.name = name
            self.origins = origins
        }
    }

    /// In the order of the result.
    package var columns: [Column]
    /// What decides which rows there are, how they are put together, or in what order, and so over all columns.
    package var rows: [Origin]

    package init(columns: [Column], rows: [Origin]) {
        self.columns = columns
        self.rows = rows
    }

    /// The name under which a Delta table outside of the store is asked for; no dataset can have it.
    package static func deltaScan(_ path: String) -> String { "\(DeltaScans.function)(\(path))" }

    /// The path in such a name.
    package static func deltaScanPath(_ name: String) -> String? {
        guard name.hasPrefix(deltaScan("").dropLast()), name.hasSuffix(")") else { return nil }
        return String(name.dropFirst(DeltaScans.function.count + 1).dropLast())
    }

    /// A table that a query names.
    package struct Input: Sendable {
        package var dataset: String
        /// Nil when they are not known.
        package var columns: [String]?

        package init(dataset: String, columns: [String]?) {
            self.dataset = dataset
            self.columns = columns
        }
    }

    /// - Parameters:
    ///   - inputs: the table that a name of the query means, as the query writes it, or as `deltaScan` does. Nil counts
    ///     as a table of this name with unknown columns.
    ///   - result: the names of the result's columns, where they are known: names that DuckDB makes up need not be
    ///     guessed then.
    package static func of(
        _ query: SQLQuery, inputs: (String) -> Input?, result names: [String]? = nil
    ) -> ColumnLineage {
        withoutActuallyEscaping(inputs) { inputs in
            let found = LineageResolver(inputs: inputs).result(of: query, LineageEnvironment())
            return ColumnLineage(
                columns: found.named(names).map { Column(name: $0.name, origins: $0.origins.all) },
                rows: found.rows.all)
        }
    }

    /// The same for a table with these columns, into which the rows are put by name: columns that the query does not
    /// make are made of nothing. A column whose name is not known may be any that is left.
    package func arranged(_ names: [String]) -> ColumnLineage {
        let known = Dictionary(columns.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        let taken = Set(names.map { $0.lowercased() })
        let strangers = columns.filter { !taken.contains($0.name.lowercased()) }.flatMap(\.origins)
        var kinds: [Source: Set<Kind>] = [:]
        for origin in strangers { kinds[origin.source, default: []].formUnion(origin.kinds) }
        let others = kinds.map { Origin(source: $0, kinds: $1.sorted()) }.sorted { $0.source < $1.source }
        return ColumnLineage(
            columns: names.map { Column(name: $0, origins: known[$0.lowercased()]?.origins ?? others) }, rows: rows)
    }
}
