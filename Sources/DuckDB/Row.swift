/// A row of a result.
package struct Row: Sendable {
    /// The result's columns, which all of its rows share.
    package var columns: [Column] { header.columns }
    package let values: [Value]
    private let header: Header

    init(_ values: [Value], header: Header) {
        self.values = values
        self.header = header
    }

    /// The value of the column with this index, from 0.
    package subscript(_ index: Int) -> Value { values[index] }

    /// The value of the first column with this name; `.null` when there is none.
    package subscript(_ name: String) -> Value {
        header.indices[name].map { values[$0] } ?? .null
    }

    final class Header: Sendable {
        let columns: [Column]
        let indices: [String: Int]

        init(_ columns: [Column]) {
            self.columns = columns
            indices = Dictionary(columns.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
        }
    }
}
