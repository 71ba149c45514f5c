/// A field as a stream has it: with the numbers of dictionaries, which types do not have.
final class FieldLayout: Sendable {
    let field: Field
    /// Of a field whose values are in a dictionary.
    let dictionary: Int64?
    /// The children; of a field whose values are in a dictionary those of the dictionary's values.
    let children: [FieldLayout]
    /// Whether there are dictionaries in the children.
    let holdsDictionaries: Bool

    init(field: Field, dictionary: Int64?, children: [FieldLayout]) {
        self.field = field
        self.dictionary = dictionary
        self.children = children
        holdsDictionaries = children.contains { $0.dictionary != nil || $0.holdsDictionaries }
    }

    /// Numbers the dictionaries of a field, each once.
    convenience init(numbering field: Field, from next: inout Int64) throws {
        var fields = field.type.children
        if case .dictionary(_, let values, _) = field.type {
            if case .dictionary = values {
                throw ColumnarError.unsupported("a dictionary directly of a dictionary cannot be written")
            }
            fields = values.children
        }
        var children: [FieldLayout] = []
        for child in fields { children.append(try at(child.name) { try FieldLayout(numbering: child, from: &next) }) }
        var dictionary: Int64?
        if case .dictionary = field.type {
            dictionary = next
            next += 1
        }
        self.init(field: field, dictionary: dictionary, children: children)
    }

    /// The dictionary's values as a column of their own.
    var dictionaryValues: FieldLayout? {
        guard dictionary != nil, case .dictionary(_, let values, _) = field.type else { return nil }
        return FieldLayout(field: Field(field.name, values), dictionary: nil, children: children)
    }

    /// The dictionaries in it, itself included; those within another one's values before that one.
    func forEachDictionary(_ body: (Int64, FieldLayout) throws -> Void) rethrows {
        for child in children { try child.forEachDictionary(body) }
        if let dictionary, let values = dictionaryValues { try body(dictionary, values) }
    }

    /// Whether the same values have the same dictionaries.
    func isLike(_ other: FieldLayout) -> Bool {
        dictionary == other.dictionary && field.type == other.field.type && children.count == other.children.count
            && zip(children, other.children).allSatisfy { $0.isLike($1) }
    }
}

/// A schema as a stream has it.
struct SchemaLayout {
    var schema: Schema
    var fields: [FieldLayout]

    init(schema: Schema, fields: [FieldLayout]) {
        self.schema = schema
        self.fields = fields
    }

    init(numbering schema: Schema) throws {
        self.schema = schema
        var next: Int64 = 0
        fields = []
        for field in schema.fields {
            fields.append(try at(field.name) { try FieldLayout(numbering: field, from: &next) })
        }
    }
}
