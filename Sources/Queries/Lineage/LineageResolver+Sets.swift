extension LineageResolver {
    func result(of operation: SQLSetOperation, _ outer: LineageEnvironment) -> LineageResult {
        let outer = adding(operation.commonTables, to: outer)
        let parts = operation.parts.map { result(of: $0, outer) }
        guard let first = parts.first else { return unknown(outer) }
        var joined = first
        for part in parts.dropFirst() {
            joined.fields =
                operation.operator == .unionByName
                ? Self.joinedByName(joined.fields, part.fields) : Self.joinedByPlace(joined.fields, part.fields)
            joined.rows.formUnion(part.rows)
        }
        switch operation.operator {
        case .union, .unionByName:
            if !operation.isAll { joined.rows.formUnion(joined.everything.deciding(.groupBy)) }
        case .intersect, .except, nil:
            joined.rows.formUnion(joined.everything.deciding(.filter))
            // Their rows are those of the first.
            if operation.operator != nil, !first.fields.contains(where: \.isSpread) { joined.fields = first.fields }
        }
        return apply(operation.modifiers, to: joined, Self.scope(of: joined), outer)
    }

    /// What names mean behind a set operation: the columns of its result.
    private static func scope(of result: LineageResult) -> LineageScope {
        LineageScope(relations: [LineageRelation(fields: result.fields)], star: result.fields)
    }

    private static func joinedByPlace(_ left: [LineageField], _ right: [LineageField]) -> [LineageField] {
        guard left.contains(where: \.isSpread) || right.contains(where: \.isSpread) else {
            return left.enumerated().map { index, field in
                var field = field
                if index < right.count { field.origins.formUnion(right[index].origins) }
                return field
            }
        }
        let (exact, other) = left.contains(where: \.isSpread) ? (right, left) : (left, right)
        let all = Origins(joining: other.map(\.origins))
        return exact.map { field in
            var field = field
            field.origins.formUnion(all)
            return field
        }
    }

    private static func joinedByName(_ left: [LineageField], _ right: [LineageField]) -> [LineageField] {
        var fields = left
        let spread = Origins(joining: (left + right).filter(\.isSpread).map(\.origins))
        for field in right {
            if let name = field.folded,
                let place = fields.firstIndex(where: { $0.folded == name })
            {
                fields[place].origins.formUnion(field.origins)
            } else {
                fields.append(field)
            }
        }
        for index in fields.indices { fields[index].origins.formUnion(spread) }
        return fields
    }

    /// A recursive table is followed until nothing new comes of it.
    func result(of table: SQLRecursiveTable, _ outer: LineageEnvironment) -> LineageResult {
        let outer = adding(table.commonTables, to: outer)
        var found = result(of: table.start, outer).renamed(table.aliases)
        for _ in 0..<Self.mostRounds {
            var environment = outer
            environment.tables[table.name.lowercased()] = found
            let step = result(of: table.step, environment)
            var next = found
            next.fields = Self.joinedByPlace(found.fields, step.fields)
            next.rows.formUnion(step.rows)
            if !table.isAll {
                let scope = Self.scope(of: next)
                let keys = Origins(joining: table.keys.map { origins(of: $0, outer.inner(scope)) })
                next.rows.formUnion((table.keys.isEmpty ? next.everything : keys).deciding(.groupBy))
            }
            let isSettled = next.rows == found.rows && next.fields.map(\.origins) == found.fields.map(\.origins)
            found = next
            if isSettled { break }
        }
        return apply(table.modifiers, to: found, Self.scope(of: found), outer)
    }

    /// More than a chain of columns that hand each other their values in a recursion is ever long.
    private static var mostRounds: Int { 1_000 }
}
