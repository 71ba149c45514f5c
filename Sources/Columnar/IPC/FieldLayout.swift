/// A field as a stream has it: with the numbers of dictionaries, which types do not have.
struct FieldLayout: Hashable {
    var field: Field
    /// Of a field whose values are in a dictionary.
    var dictionary: Int64?
    /// The children; of a field whose values are in a dictionary those of the dictionary's values.
    var children: [FieldLayout]

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

    /// Numbers the dictionaries of a field, each once.
    init(numbering field: Field, from next: inout Int64) throws {
        self.field = field
        var fields = field.type.children
        if case .dictionary(_, let values, _) = field.type {
            if case .dictionary = values {
                throw ColumnarError.unsupported("a dictionary directly of a dictionary cannot be written")
            }
            fields = values.children
        }
        children = []
        for child in fields { children.append(try at(child.name) { try FieldLayout(numbering: child, from: &next) }) }
        if case .dictionary = field.type {
            dictionary = next
            next += 1
        }
    }

    init(field: Field, dictionary: Int64?, children: [FieldLayout]) {
        self.field = field
        self.dictionary = dictionary
        self.children = children
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
