/// A predicate made ready for one table: its columns found, so that each file costs no more than a look at the values
/// that count.
struct FileFilter: Sendable {
    /// Where a column's values are told.
    private enum Source: Sendable {
        /// In `add.partitionValues` under this key.
        case partition(String)
        /// In the statistics, at this index of `paths`.
        case statistics(Int)
    }

    private struct Column: Sendable {
        var source: Source
        var domain: ValueDomain
    }

    private indirect enum Node: Sendable {
        case compare(Column, FilePredicate.Comparison, FileLiteral)
        case isNull(Column)
        case isNotNull(Column)
        case isIn(Column, [FileLiteral])
        case and([Node])
        case or([Node])
        case always
    }

    private var root = Node.always
    private var paths: [[String]] = []
    private var usesPartitions = false
    private var usesTags = false

    init(_ predicate: FilePredicate, metadata: Metadata) {
        root = node(predicate, metadata)
    }

    private mutating func node(_ predicate: FilePredicate, _ metadata: Metadata) -> Node {
        switch predicate {
        case .always: .always
        case .and(let parts): .and(nodes(parts, metadata))
        case .or(let parts): .or(nodes(parts, metadata))
        case .compare(let name, let comparison, let literal):
            column(name, metadata).map { .compare($0, comparison, literal) } ?? .always
        case .isNull(let name): column(name, metadata).map(Node.isNull) ?? .always
        case .isNotNull(let name): column(name, metadata).map(Node.isNotNull) ?? .always
        case .isIn(let name, let literals): column(name, metadata).map { .isIn($0, literals) } ?? .always
        }
    }

    private mutating func nodes(_ predicates: [FilePredicate], _ metadata: Metadata) -> [Node] {
        var nodes: [Node] = []
        for predicate in predicates { nodes.append(node(predicate, metadata)) }
        return nodes
    }

    private mutating func column(_ name: FileColumn, _ metadata: Metadata) -> Column? {
        guard let fields = metadata.schema.fields(along: name.path), let field = fields.last,
            let domain = ValueDomain(field), metadata.columnMapping != nil
        else { return nil }
        let physical = fields.map { metadata.physicalName(of: $0) }
        if fields.count == 1, metadata.partitionColumns.contains(where: { $0.lowercased() == field.name.lowercased() })
        {
            usesPartitions = true
            return Column(source: .partition(physical[0]), domain: domain)
        }
        if case .floating = domain { usesTags = true }
        if let known = paths.firstIndex(of: physical) { return Column(source: .statistics(known), domain: domain) }
        paths.append(physical)
        return Column(source: .statistics(paths.count - 1), domain: domain)
    }

    // MARK: Files

    func mayMatch(_ file: AddFile) -> Bool {
        let isOwn = file.tags[AddFile.columnsTag] != nil
        guard var text = file.statistics else { return mayMatch(file.partitionValues, nil, isOwn: isOwn) }
        return text.withUTF8 { mayMatch(file.partitionValues, UnsafeRawBufferPointer($0), isOwn: isOwn) }
    }

    /// Nil when the partition values are no JSON object.
    func mayMatch(_ entry: FileTable.Entry) -> Bool? {
        var values: [String: String?] = [:]
        if usesPartitions, let json = entry.partitionValues {
            guard let map = InternedMaps.map(of: json) else { return nil }
            values = map
        }
        var isOwn = false
        if usesTags, let tags = entry.tags { isOwn = InternedMaps.map(of: tags)?[AddFile.columnsTag] != nil }
        return mayMatch(values, entry.statistics, isOwn: isOwn)
    }

    func mayMatch(_ table: FileTable, at index: Int) -> Bool {
        let isOwn = table.tags(at: index)[AddFile.columnsTag] != nil
        return table.withStatistics(at: index) { mayMatch(table.partitionValues(at: index), $0, isOwn: isOwn) }
    }

    /// - Parameter isOwn: whether the file is known to have no bounds for columns in which there is a NaN.
    func mayMatch(_ values: [String: String?], _ statistics: UnsafeRawBufferPointer?, isOwn: Bool) -> Bool {
        var evaluation = Evaluation(partitionValues: values, isOwn: isOwn)
        // Partition values are at hand: only if they leave it open are the statistics read.
        guard evaluation.mayMatch(root) else { return false }
        guard let statistics, !paths.isEmpty else { return true }
        guard let found = StatisticsScanner.values(in: statistics, of: paths) else { return true }
        evaluation.statistics = found
        return evaluation.mayMatch(root)
    }

    private struct Evaluation {
        let partitionValues: [String: String?]
        let isOwn: Bool
        var statistics: StatisticsScanner.Values?

        init(partitionValues: [String: String?], isOwn: Bool) {
            self.partitionValues = partitionValues
            self.isOwn = isOwn
        }

        func mayMatch(_ node: Node) -> Bool {
            switch node {
            case .always: true
            case .and(let parts): parts.allSatisfy { mayMatch($0) }
            case .or(let parts): parts.contains { mayMatch($0) }
            case .isNull(let column): range(of: column)?.mayHaveNulls ?? true
            case .isNotNull(let column): range(of: column)?.mayHaveValues ?? true
            case .compare(let column, let comparison, let literal): mayMatch(column, comparison, literal)
            case .isIn(let column, let literals): literals.contains { mayMatch(column, .equal, $0) }
            }
        }

        private func mayMatch(_ column: Column, _ comparison: FilePredicate.Comparison, _ literal: FileLiteral) -> Bool
        {
            guard let range = range(of: column) else { return true }
            return range.mayHaveValues && range.mayMatch(comparison, literal)
        }

        /// Nil when nothing is known.
        private func range(of column: Column) -> ValueRange? {
            switch column.source {
            case .partition(let key):
                // A value that is not there is as much of a doubt as statistics that are not there.
                guard let value = partitionValues[key] else { return nil }
                return ValueRange(partitionValue: value, column.domain)
            case .statistics(let index):
                guard let statistics else { return nil }
                return ValueRange(statistics.columns[index], rows: statistics.rows, column.domain, isOwn: isOwn)
            }
        }
    }
}
