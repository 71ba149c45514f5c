/// A named column, or what is nested in one.
package struct Field: Hashable, Sendable {
    package var name: String
    package var type: DataType
    package var isNullable: Bool
    /// Extension types are here, under `ARROW:extension:name` and `ARROW:extension:metadata`.
    package var metadata: Metadata

    package init(_ name: String, _ type: DataType, isNullable: Bool = true, metadata: Metadata = Metadata()) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }
}

/// The columns of a stream, a file or a batch.
package struct Schema: Hashable, Sendable {
    package var fields: [Field]
    package var metadata: Metadata

    package init(_ fields: [Field], metadata: Metadata = Metadata()) {
        self.fields = fields
        self.metadata = metadata
    }

    /// The first column of that name.
    package func index(of name: String) -> Int? {
        fields.firstIndex { $0.name == name }
    }
}

/// Texts under names, in the order in which they were written; a name may come more than once.
package struct Metadata: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Entry: Hashable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        entries = elements.map { Entry($0, $1) }
    }

    package var isEmpty: Bool { entries.isEmpty }

    package subscript(_ key: String) -> String? {
        entries.first { $0.key == key }?.value
    }
}
