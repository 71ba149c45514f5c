/// The type of a column or field, as Delta's schema names it.
package indirect enum DeltaType: Hashable, Sendable {
    case string, long, integer, short, byte, float, double, boolean, binary, date
    /// An instant, in microseconds.
    case timestamp
    /// A date and time of day without a time zone, in microseconds. A table that has such a column needs the feature
    /// `timestampNtz`.
    case timestampNTZ
    case decimal(precision: Int, scale: Int)
    /// Nothing but NULL. Files do not have such columns.
    case void
    case structure([DeltaField])
    case array(element: DeltaType, containsNull: Bool)
    case map(key: DeltaType, value: DeltaType, valueContainsNull: Bool)

    /// Whether the type, or one nested in it, is `timestamp_ntz`.
    package var containsTimestampNTZ: Bool {
        switch self {
        case .timestampNTZ: true
        case .structure(let fields): fields.contains { $0.type.containsTimestampNTZ }
        case .array(let element, _): element.containsTimestampNTZ
        case .map(let key, let value, _): key.containsTimestampNTZ || value.containsTimestampNTZ
        default: false
        }
    }

    /// Whether the type has no fields or elements of its own.
    package var isPrimitive: Bool {
        switch self {
        case .structure, .array, .map: false
        default: true
        }
    }

    /// The same type with everything nullable and no field metadata: what two types must have in common for the files
    /// of one to be read as the other.
    package var shape: DeltaType {
        switch self {
        case .structure(let fields): .structure(fields.map { DeltaField(name: $0.name, type: $0.type.shape) })
        case .array(let element, _): .array(element: element.shape, containsNull: true)
        case .map(let key, let value, _): .map(key: key.shape, value: value.shape, valueContainsNull: true)
        default: self
        }
    }
}

/// A column of a table, or a field of a struct.
package struct DeltaField: Hashable, Sendable {
    package var name: String
    package var type: DeltaType
    package var nullable: Bool
    package var metadata: JSONObject

    package init(name: String, type: DeltaType, nullable: Bool = true, metadata: JSONObject = JSONObject()) {
        self.name = name
        self.type = type
        self.nullable = nullable
        self.metadata = metadata
    }

    /// The column's description: `comment` in its metadata.
    package var comment: String? { metadata["comment"]?.text }
}

/// The columns of a table.
package struct DeltaSchema: Hashable, Sendable {
    package var fields: [DeltaField]

    package init(fields: [DeltaField]) { self.fields = fields }

    /// The field of that name, compared as the protocol does: without regard to case.
    package subscript(_ name: String) -> DeltaField? {
        if let field = fields.first(where: { $0.name == name }) { return field }
        let folded = name.lowercased()
        return fields.first { $0.name.lowercased() == folded }
    }

    package var containsTimestampNTZ: Bool { fields.contains { $0.type.containsTimestampNTZ } }
}
