/// Fits the columns of new rows into those of a table.
package enum SchemaEvolution {
    /// - Parameters:
    ///   - table: the table's columns.
    ///   - new: those of the new rows. Names are compared without regard to case, but must be written as in the table,
    ///     because readers look for them in the files as they are.
    ///   - policy: what may differ.
    /// - Returns: the table's columns afterwards, and what became of each that differs.
    /// - Throws: a `SchemaRefusal` that names every column which does not fit.
    package static func merge(
        table: DeltaSchema, new: DeltaSchema, policy: SchemaPolicy
    ) throws(SchemaRefusal) -> SchemaChange {
        var merger = SchemaMerger(policy: policy)
        let fields = merger.fields(table.fields, new.fields, in: [])
        guard merger.refused.isEmpty else { throw SchemaRefusal(columns: merger.refused) }
        var change = merger.change
        change.schema = DeltaSchema(fields: fields)
        return change
    }
}

private struct SchemaMerger {
    let policy: SchemaPolicy
    var change = SchemaChange(schema: DeltaSchema(fields: []))
    var refused: [SchemaRefusal.Column] = []
    /// How many keys of maps lie around the field that is looked at; fields in a key cannot be added.
    private var keys = 0

    init(policy: SchemaPolicy) { self.policy = policy }

    mutating func fields(_ table: [DeltaField], _ new: [DeltaField], in path: [String]) -> [DeltaField] {
        var result = table
        var found: Set<Int> = []
        for field in new {
            let here = path + [field.name]
            guard let index = result.firstIndex(where: { $0.name.lowercased() == field.name.lowercased() }) else {
                add(field, at: here, to: &result)
                continue
            }
            guard index < table.count, found.insert(index).inserted else {
                refuse(here, "is there twice in the new rows; names that differ only in case count as equal")
                continue
            }
            guard result[index].name == field.name else {
                refuse(here, "is written \(result[index].name) in the table")
                continue
            }
            result[index] = merged(result[index], field, at: here)
        }
        for (index, field) in table.enumerated() where !found.contains(index) {
            let here = path + [field.name]
            if field.nullable {
                change.missing.append(here.joined(separator: "."))
            } else {
                refuse(here, "may not be NULL in the table, and is missing in the new rows")
            }
        }
        return result
    }

    private mutating func add(_ field: DeltaField, at path: [String], to fields: inout [DeltaField]) {
        guard keys == 0, policy.addsColumns else {
            refuse(
                path,
                keys == 0
                    ? "is new, which the policy \(policy.rawValue) does not allow (add_columns and widen do)"
                    : "is new in the key of a map, which cannot change")
            return
        }
        var field = field
        // The rows that are there already have no value for it.
        field.nullable = true
        fields.append(field)
        change.added.append(path.joined(separator: "."))
    }

    private mutating func merged(_ table: DeltaField, _ new: DeltaField, at path: [String]) -> DeltaField {
        var field = table
        if let comment = new.metadata["comment"] { field.metadata["comment"] = comment }
        if !table.nullable, new.nullable { change.notNull.append(path) }
        field.type = type(table.type, new.type, at: path, inside: "", of: &field)
        return field
    }

    /// - Parameters:
    ///   - inside: the way through lists and maps from the nearest field, which records widening.
    ///   - field: that field.
    private mutating func type(
        _ table: DeltaType, _ new: DeltaType, at path: [String], inside: String, of field: inout DeltaField
    ) -> DeltaType {
        func deeper(_ name: String) -> String { inside.isEmpty ? name : "\(inside).\(name)" }
        switch (table, new) {
        case (.structure(let old), .structure(let fields)):
            return .structure(self.fields(old, fields, in: path))
        case (.array(let old, let containsNull), .array(let element, let newContainsNull)):
            refuseNulls(path, "elements", allowed: containsNull, possible: newContainsNull)
            return .array(
                element: type(old, element, at: path + ["element"], inside: deeper("element"), of: &field),
                containsNull: containsNull)
        case (.map(let oldKey, let oldValue, let containsNull), .map(let key, let value, let newContainsNull)):
            refuseNulls(path, "values", allowed: containsNull, possible: newContainsNull)
            keys += 1
            let keyType = type(oldKey, key, at: path + ["key"], inside: deeper("key"), of: &field)
            keys -= 1
            return .map(
                key: keyType,
                value: type(oldValue, value, at: path + ["value"], inside: deeper("value"), of: &field),
                valueContainsNull: containsNull)
        case _ where table == new:
            return table
        case _ where table.canWiden(to: new):
            guard policy == .widen else {
                refuse(
                    path,
                    "is \(table.duckDBType.text) in the table and \(new.duckDBType.text) in the new rows, which the "
                        + "policy \(policy.rawValue) does not allow (widen does)")
                return table
            }
            field.recordWidening(from: table, to: new, at: inside)
            change.widened.append(.init(name: path.joined(separator: "."), from: table, to: new))
            return new
        case _ where new.canWiden(to: table):
            change.casts.append(.init(name: path.joined(separator: "."), from: new, to: table))
            return table
        default:
            refuse(path, "is \(table.duckDBType.text) in the table and \(new.duckDBType.text) in the new rows")
            return table
        }
    }

    private mutating func refuseNulls(_ path: [String], _ what: String, allowed: Bool, possible: Bool) {
        if possible, !allowed {
            refuse(path, "has \(what) that may not be NULL in the table, but may be in the new rows")
        }
    }

    private mutating func refuse(_ path: [String], _ what: String) {
        refused.append(.init(name: path.joined(separator: "."), what: what))
    }
}
