extension LineageResolver {
    func source(_ join: SQLJoin, _ outer: LineageEnvironment) -> LineageFrom {
        let left = source(join.left, outer)
        // What stands on the right may be lateral: it sees the left.
        let right = source(join.right, outer.inner(left.scope))
        var rows = left.rows + right.rows
        var both = LineageScope(relations: left.scope.relations + right.scope.relations)
        both.merged = right.scope.merged.merging(left.scope.merged) { right, left in left + right }
        both.star = left.scope.star + right.scope.star
        let shared = join.pairing == .natural ? Self.shared(left.scope, right.scope) : join.using
        for name in shared {
            let (one, other) = (column(name, left.scope), column(name, right.scope))
            rows.formUnion((one + other).deciding(.join))
            let origins: Origins
            switch join.kind {
            case .inner, .left, .semi, .anti: origins = one
            case .right: origins = other
            case .full, nil: origins = (one + other).transformed
            }
            both.merged[name.lowercased()] = origins
            merge(name.lowercased(), origins, in: &both.star, leftCount: left.scope.star.count)
        }
        if join.pairing == .natural { rows.formUnion(doubt(left.scope, right.scope).deciding(.join)) }
        if let condition = join.condition {
            rows.formUnion(origins(of: condition, outer.inner(both)).deciding(.join))
        }
        guard join.kind == .semi || join.kind == .anti else { return LineageFrom(scope: both, rows: rows) }
        // Of these joins the right side only says which rows there are.
        return LineageFrom(scope: left.scope, rows: rows)
    }

    private func column(_ name: String, _ scope: LineageScope) -> Origins {
        scope.find([name.lowercased()], written: [name]) ?? scope.guess(name)
            ?? Origins(joining: scope.relations.map(\.everything)).blurred
    }

    /// `*` has such a column once, where the left side has it.
    private func merge(_ name: String, _ origins: Origins, in star: inout [LineageField], leftCount: Int) {
        var isFirst = true
        var merged: [LineageField] = []
        for (index, var field) in star.enumerated() {
            if field.folded == name {
                if index >= leftCount || !isFirst { continue }
                isFirst = false
                field.origins = origins
            }
            merged.append(field)
        }
        star = merged
    }

    private static func shared(_ left: LineageScope, _ right: LineageScope) -> [String] {
        let names = Set(right.star.compactMap { $0.folded })
        return left.star.compactMap(\.name).filter { names.contains($0.lowercased()) }
    }

    /// Of a side whose columns are not known any of the other may be shared.
    private func doubt(_ left: LineageScope, _ right: LineageScope) -> Origins {
        guard (left.star + right.star).contains(where: \.isSpread) else { return .none }
        return Origins(joining: (left.star + right.star).map(\.origins)).blurred
    }
}
