package import Project
package import Queries

/// A column that another is made of, or that decides over it; or all columns of its table, where it cannot be told
/// which.
package struct ColumnOrigin: Codable, Sendable, Hashable {
    package enum Place: String, Codable, Sendable {
        case dataset
        /// Source files; their name is the pattern in the project.
        case files
        /// A Delta table outside of the store; its name is the path in the project.
        case delta
    }

    package var place: Place
    package var name: String
    package var column: String?
    /// In what ways it takes part, the most direct first.
    package var kinds: [ColumnLineage.Kind]

    package var isDirect: Bool { kinds.first?.isDirect ?? false }
}

/// What a dataset's columns are made from, one step back.
package struct DatasetLineage: Codable, Sendable {
    package struct Column: Codable, Sendable {
        package var name: String
        package var origins: [ColumnOrigin]
        /// What it is used for, one step on.
        package var uses: [ColumnUse] = []
    }

    package var dataset: DatasetName
    /// Empty when they are not known: nothing tells them before the first run.
    package var columns: [Column]
    /// What decides which rows there are.
    package var rows: [ColumnOrigin]
    /// Why it is not known.
    package var problem: String?

    package func column(named name: String) -> Column? {
        columns.first { $0.name.lowercased() == name.lowercased() }
    }
}

/// A column that another one takes part in; or all rows of a dataset, and so all its columns.
package struct ColumnUse: Codable, Sendable, Hashable {
    package var dataset: DatasetName
    /// Nil for all rows.
    package var column: String?
    package var kinds: [ColumnLineage.Kind]
}

extension [ColumnOrigin] {
    /// The same and others, each source once, in the order of their names.
    func joined(_ others: [ColumnOrigin]) -> [ColumnOrigin] {
        var kinds: [ColumnOrigin: Set<ColumnLineage.Kind>] = [:]
        for origin in self + others {
            var source = origin
            source.kinds = []
            kinds[source, default: []].formUnion(origin.kinds)
        }
        return kinds.map { source, kinds in
            var origin = source
            origin.kinds = kinds.sorted()
            return origin
        }
        .sorted { ($0.name, $0.column ?? "", $0.place.rawValue) < ($1.name, $1.column ?? "", $1.place.rawValue) }
    }

    /// Something is computed from them.
    var transformed: [ColumnOrigin] {
        map { origin in
            var origin = origin
            origin.kinds = Set(origin.kinds.map { $0 == .identity ? .transformation : $0 }).sorted()
            return origin
        }
    }

    /// They decide over something.
    func deciding(_ kind: ColumnLineage.Kind) -> [ColumnOrigin] {
        map { origin in
            var origin = origin
            origin.kinds = Set(origin.kinds.map { $0.isDirect || $0 == .conditional ? kind : $0 }).sorted()
            return origin
        }
    }
}
