extension DeltaType {
    /// Whether a column of this type may become one of the other under the feature `typeWidening`: every value stays
    /// what it is. False for the type itself.
    package func canWiden(to other: DeltaType) -> Bool {
        switch (self, other) {
        case (.byte, .short), (.byte, .integer), (.byte, .long), (.short, .integer), (.short, .long),
            (.integer, .long), (.float, .double), (.byte, .double), (.short, .double), (.integer, .double),
            (.date, .timestampNTZ):
            true
        // The protocol asks for the digits of the widest type that is kept in the same number of bytes.
        case (.byte, .decimal(let precision, let scale)), (.short, .decimal(let precision, let scale)),
            (.integer, .decimal(let precision, let scale)):
            precision - scale >= 10
        case (.long, .decimal(let precision, let scale)): precision - scale >= 20
        case (.decimal(let precision, let scale), .decimal(let newPrecision, let newScale)):
            (precision, scale) != (newPrecision, newScale) && newScale >= scale
                && newPrecision - newScale >= precision - scale
        default: false
        }
    }

    /// Whether the type, or a field nested in it, was widened at some time.
    fileprivate var wasWidened: Bool {
        switch self {
        case .structure(let fields): fields.contains { $0.wasWidened }
        case .array(let element, _): element.wasWidened
        case .map(let key, let value, _): key.wasWidened || value.wasWidened
        default: false
        }
    }

    fileprivate var withoutTypeChanges: DeltaType {
        switch self {
        case .structure(let fields): .structure(fields.map(\.withoutTypeChanges))
        case .array(let element, let containsNull):
            .array(element: element.withoutTypeChanges, containsNull: containsNull)
        case .map(let key, let value, let containsNull):
            .map(key: key.withoutTypeChanges, value: value.withoutTypeChanges, valueContainsNull: containsNull)
        default: self
        }
    }
}

extension DeltaField {
    static let typeChanges = "delta.typeChanges"

    fileprivate var wasWidened: Bool { metadata[Self.typeChanges] != nil || type.wasWidened }

    fileprivate var withoutTypeChanges: DeltaField {
        var field = self
        field.metadata[Self.typeChanges] = nil
        field.type = type.withoutTypeChanges
        return field
    }

    /// Records in the field's metadata that its type was widened, or that of the elements, keys or values in it.
    ///
    /// - Parameter path: where in the field, such as `element` or `value.element`; empty for the field's own type.
    mutating func recordWidening(from old: DeltaType, to new: DeltaType, at path: String) {
        var change: JSONObject = ["fromType": .string(old.name), "toType": .string(new.name)]
        if !path.isEmpty { change.add("fieldPath", .string(path)) }
        metadata[Self.typeChanges] = .array((metadata[Self.typeChanges]?.array ?? []) + [.object(change)])
    }
}

extension DeltaSchema {
    /// Whether a column was widened at some time, so that there may be files with its former type.
    package var wasWidened: Bool { fields.contains { $0.wasWidened } }

    /// Takes the record of former types away, because no file has them any more.
    mutating func forgetWidening() { fields = fields.map(\.withoutTypeChanges) }
}
