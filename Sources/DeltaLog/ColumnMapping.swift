/// How the columns of a table find those in its files.
package enum ColumnMappingMode: String, Hashable, Sendable {
    /// By their names.
    case none
    /// By the physical names in the schema.
    case name
    /// By the field numbers in the schema.
    case id
}

extension Metadata {
    /// `delta.columnMapping.mode`; nil for a mode that is not known here.
    package var columnMapping: ColumnMappingMode? {
        guard let mode = configuration["delta.columnMapping.mode"] else { return ColumnMappingMode.none }
        return ColumnMappingMode(rawValue: mode.lowercased())
    }

    /// The name that a column has in files, statistics and partition values.
    package func physicalName(of field: DeltaField) -> String {
        columnMapping == ColumnMappingMode.none ? field.name : field.physicalName
    }

    /// The partition columns with their names in `add.partitionValues`.
    package var partitionKeys: [(field: DeltaField, key: String)] {
        partitionColumns.compactMap { name in
            schema[name].map { ($0, physicalName(of: $0)) }
        }
    }
}

extension DeltaField {
    /// `delta.columnMapping.physicalName`, or the name where there is none. It counts only in tables whose
    /// `columnMapping` is not `none`.
    package var physicalName: String { metadata["delta.columnMapping.physicalName"]?.text ?? name }

    /// `delta.columnMapping.id`: the field's number in files.
    package var fieldID: Int? { metadata["delta.columnMapping.id"]?.int }
}

extension DeltaSchema {
    /// The physical name of a column, which is compared without regard to case; nil when there is no such column.
    package func physicalName(of name: String) -> String? { self[name]?.physicalName }

    /// The field that a path of names leads to through structs; nil when there is none.
    package func field(at path: [String]) -> DeltaField? {
        fields(along: path)?.last
    }

    /// The fields that a path of names passes, compared without regard to case; nil when one of them is missing or is no
    /// struct.
    package func fields(along path: [String]) -> [DeltaField]? {
        var schema = self
        var found: [DeltaField] = []
        for (level, name) in path.enumerated() {
            guard let field = schema[name] else { return nil }
            found.append(field)
            guard level < path.count - 1 else { break }
            guard case .structure(let fields) = field.type else { return nil }
            schema = DeltaSchema(fields: fields)
        }
        return found.isEmpty ? nil : found
    }
}
