import DeltaLog
import DuckDB

/// A column as files hold it, for `read_parquet`'s `schema`: found by name or number, cast to the table's type, NULL
/// where a file lacks it.
struct PhysicalColumn {
    /// The entry in the `schema`.
    let definition: String
    /// The column's value out of what is read, with the table's own names for nested fields.
    let expression: String

    /// A column that no file has.
    static let none = PhysicalColumn(key: SQL.literal("__millrace_no_column"), alias: "c0", type: "BOOLEAN")

    init(_ column: TableSnapshot.Column, alias: String, mapping: ColumnMappingMode) {
        let isMapped = mapping != .none
        let key =
            if mapping == .id, let number = column.fieldID {
                String(number)
            } else {
                SQL.literal(isMapped ? column.physicalName : column.name)
            }
        let type = isMapped ? column.type.physical : column.type
        let value = "f.\(alias)"
        self.init(
            key: key, alias: alias, type: type.duckDBType.text,
            expression: type.shape == column.type.shape ? value : Self.renamed(value, column.type, depth: 0))
    }

    private init(key: String, alias: String, type: String, expression: String? = nil) {
        definition = "\(key): {name: '\(alias)', type: \(SQL.literal(type)), default_value: NULL}"
        self.expression = expression ?? "f.\(alias)"
    }

    /// A nested value with the table's names in place of the physical ones.
    private static func renamed(_ value: String, _ type: DeltaType, depth: Int) -> String {
        guard type.physical.shape != type.shape else { return value }
        let variable = "x\(depth)"
        switch type {
        case .structure(let fields):
            let members = fields.map { field in
                let member = "\(value).\(SQL.quoted(field.physicalName))"
                return "\(SQL.quoted(field.name)) := \(renamed(member, field.type, depth: depth))"
            }
            return "CASE WHEN \(value) IS NOT NULL THEN struct_pack(\(members.joined(separator: ", "))) END"
        case .array(let element, _):
            return "list_transform(\(value), lambda \(variable): \(renamed(variable, element, depth: depth + 1)))"
        case .map(let keyType, let valueType, _):
            let entry = """
                {'key': \(renamed("\(variable).key", keyType, depth: depth + 1)), \
                'value': \(renamed("\(variable).value", valueType, depth: depth + 1))}
                """
            return "map_from_entries(list_transform(map_entries(\(value)), lambda \(variable): \(entry)))"
        default: return value
        }
    }
}

extension DeltaType {
    /// The type with the names that nested fields have in files.
    var physical: DeltaType {
        switch self {
        case .structure(let fields):
            .structure(
                fields.map { field in
                    var field = field
                    field.name = field.physicalName
                    field.type = field.type.physical
                    return field
                })
        case .array(let element, let containsNull):
            .array(element: element.physical, containsNull: containsNull)
        case .map(let key, let value, let valueContainsNull):
            .map(key: key.physical, value: value.physical, valueContainsNull: valueContainsNull)
        default: self
        }
    }
}
