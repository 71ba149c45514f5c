/// Columns with the same number of rows.
package struct RecordBatch: Hashable, Sendable {
    package let schema: Schema
    package let columns: [Vector]
    package let count: Int
    /// What the batch's own message says besides.
    package let metadata: Metadata

    /// - Parameter count: needed only where there are no columns.
    package init(_ schema: Schema, _ columns: [Vector], count: Int? = nil, metadata: Metadata = Metadata()) throws {
        let count = count ?? columns.first?.count ?? 0
        guard columns.count == schema.fields.count else {
            throw ColumnarError.mismatch("\(columns.count) columns for \(schema.fields.count) fields")
        }
        for (column, field) in zip(columns, schema.fields) {
            guard column.type == field.type else {
                throw ColumnarError.mismatch("the column \(field.name) is \(column.type), not \(field.type)")
            }
            guard column.count == count else {
                throw ColumnarError.mismatch("the column \(field.name) has \(column.count) rows, not \(count)")
            }
        }
        self.schema = schema
        self.columns = columns
        self.count = count
        self.metadata = metadata
    }

    /// Some of the rows, without a copy. The rows must be there.
    package func slice(_ start: Int, _ length: Int) -> RecordBatch {
        RecordBatch(
            schema: schema, columns: columns.map { $0.slice(start, length) }, count: length, metadata: metadata)
    }

    /// Of columns that are known to be right.
    init(schema: Schema, columns: [Vector], count: Int, metadata: Metadata) {
        self.schema = schema
        self.columns = columns
        self.count = count
        self.metadata = metadata
    }

    package static func == (left: RecordBatch, right: RecordBatch) -> Bool {
        left.count == right.count && left.schema == right.schema && left.columns == right.columns
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(schema)
        hasher.combine(count)
    }

    /// The first column of that name.
    package subscript(_ name: String) -> Vector? {
        schema.index(of: name).map { columns[$0] }
    }
}

extension RecordBatch: CustomStringConvertible {
    /// The columns' names and types, then a line for each row.
    package var description: String {
        let rows = (0..<count).map { row in
            columns.map { $0.value(at: row).description }.joined(separator: " | ")
        }
        return ([schema.fields.map(\.description).joined(separator: " | ")] + rows).joined(separator: "\n")
    }
}
