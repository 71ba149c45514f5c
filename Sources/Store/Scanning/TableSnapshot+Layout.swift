package import DeltaLog

/// How rows lie in files, for engines that do not read them with DuckDB's SQL.
package struct FileLayout: Sendable {
    /// Where a column's values come from.
    package enum Source: Sendable, Hashable {
        /// A column of the files, with the names and types that it has there: DuckDB's text of the type.
        case stored(name: String, type: String)
        /// The text that the log gives for all of the files; nil is NULL.
        case constant(String?)
    }

    /// Files that are read in the same way.
    package struct Group: Sendable {
        package var files: [String] = []
        /// Of each column of the table, in its order.
        package var sources: [Source]
        /// Of each file, in the order of `files`, the rows that do not count; nil when that is none.
        package var deletions: [RowSet?] = []
    }

    package var groups: [Group]
    /// Whether the columns of files of other tools are found by their numbers and not by their names.
    package var needsFieldNumbers: Bool
}

extension TableSnapshot {
    /// How the version's rows lie in its files.
    package var layout: FileLayout {
        var places: [[FileLayout.Source]: Int] = [:]
        var groups: [FileLayout.Group] = []
        var needsFieldNumbers = false
        for file in files {
            let isOwn = file.columns != .unknown
            if !isOwn, mapping == .id { needsFieldNumbers = true }
            let sources = columns.map { column -> FileLayout.Source in
                if !isOwn, partitionColumns.contains(column.name) {
                    return .constant(file.partitionValues[column.name] ?? nil)
                }
                guard mapping != .none else { return .stored(name: column.name, type: column.duckDBType) }
                return .stored(name: column.physicalName, type: column.type.physical.duckDBType.text)
            }
            let place: Int
            if let known = places[sources] {
                place = known
            } else {
                place = groups.count
                places[sources] = place
                groups.append(FileLayout.Group(sources: sources))
            }
            groups[place].files.append(file.path)
            groups[place].deletions.append(file.deletionVector.flatMap { deletions[$0.uniqueID] })
        }
        return FileLayout(groups: groups, needsFieldNumbers: needsFieldNumbers)
    }
}
