import DeltaLog
import DuckDB

/// Conditions in SQL for values that are the same but for the rounding of floating numbers, nested ones included.
struct Closeness: Sendable {
    let tolerance: FloatTolerance

    /// A condition that is never NULL. NULL is the same as NULL, NaN as NaN, 0 as -0, an infinity as itself.
    func condition(_ first: String, _ second: String, _ type: DeltaType?) -> String {
        condition(first, second, type, depth: 0)
    }

    private func condition(_ first: String, _ second: String, _ type: DeltaType?, depth: Int) -> String {
        let isSame = "\(first) IS NOT DISTINCT FROM \(second)"
        guard let type, type.containsFloat else { return "(\(isSame))" }
        let isNull = "\(first) IS NULL OR \(second) IS NULL THEN \(first) IS NULL AND \(second) IS NULL"
        switch type {
        case .double: return isClose(first, second, tolerance.relative)
        case .float: return isClose("CAST(\(first) AS DOUBLE)", "CAST(\(second) AS DOUBLE)", tolerance.ofSingles)
        case .structure(let fields):
            let parts = fields.map { field in
                let name = SQL.literal(field.name)
                return condition(
                    "struct_extract(\(first), \(name))", "struct_extract(\(second), \(name))", field.type,
                    depth: depth + 1)
            }
            return "(CASE WHEN \(isNull) ELSE \(parts.joined(separator: " AND ")) END)"
        case .array(let element, _):
            let pair = "p\(depth)"
            let part = condition("\(pair)[1]", "\(pair)[2]", element, depth: depth + 1)
            return "(CASE WHEN \(isNull) WHEN len(\(first)) <> len(\(second)) THEN false ELSE "
                + "coalesce(list_bool_and(list_transform(list_zip(\(first), \(second)), lambda \(pair): \(part))), true) END)"
        case .map(let key, let value, _):
            let entry = DeltaType.structure([
                DeltaField(name: "key", type: key), DeltaField(name: "value", type: value),
            ])
            let entries = condition(
                "map_entries(\(first))", "map_entries(\(second))", .array(element: entry, containsNull: false),
                depth: depth)
            return "(CASE WHEN \(isNull) ELSE \(entries) END)"
        default: return "(\(isSame))"
        }
    }

    private func isClose(_ first: String, _ second: String, _ tolerance: Double) -> String {
        "(\(first) IS NOT DISTINCT FROM \(second) OR coalesce(isfinite(\(first)) AND isfinite(\(second)) AND "
            + "abs(\(first) - \(second)) <= \(tolerance)::DOUBLE * greatest(abs(\(first)), abs(\(second))), false))"
    }

    /// The relative difference of two floating numbers; NULL when one is not finite, and for other types.
    func deviation(_ first: String, _ second: String, _ type: DeltaType?) -> String? {
        guard type == .double || type == .float else { return nil }
        let (first, second) = ("CAST(\(first) AS DOUBLE)", "CAST(\(second) AS DOUBLE)")
        return "CASE WHEN isfinite(\(first)) AND isfinite(\(second)) AND \(first) <> \(second) "
            + "THEN abs(\(first) - \(second)) / greatest(abs(\(first)), abs(\(second))) END"
    }
}

extension DeltaType {
    /// Whether the type, or one nested in it, is a floating number.
    var containsFloat: Bool {
        switch self {
        case .float, .double: true
        case .structure(let fields): fields.contains { $0.type.containsFloat }
        case .array(let element, _): element.containsFloat
        case .map(let key, let value, _): key.containsFloat || value.containsFloat
        default: false
        }
    }
}
