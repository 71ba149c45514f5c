import Project

extension Dataset {
    /// What a merge needs of its rows, unless the user's own checks see to it: each has a key, and no two the same. For
    /// a key that is missing or doubled nobody could say which row of the table is meant.
    var mergeKeyChecks: [Check] {
        guard mode == .merge, !key.isEmpty else { return [] }
        let strict = checks.filter { $0.onFail != .warn && $0.condition == nil && $0.mostly == nil }
        var present: Set<String> = []
        var isUnique = false
        for check in strict {
            let columns = Set(check.columns.map { $0.value.lowercased() })
            switch check.rule {
            case .notNull: present.formUnion(columns)
            case .unique: isUnique = isUnique || columns == Set(key.map { $0.value.lowercased() })
            default: break
            }
        }
        let missing = key.filter { !present.contains($0.value.lowercased()) }
        var implied = missing.map { Check(rule: .notNull, columns: [$0], span: $0.span) }
        if !isUnique { implied.append(Check(rule: .unique, columns: key, span: key[0].span)) }
        return implied
    }
}
