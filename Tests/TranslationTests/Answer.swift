import Columnar
import Queries

/// The rows that an engine gave.
struct Answer: Sendable {
    var rows: [[PlainValue]] = []
    var columns: [Field] = []

    init(_ batches: [RecordBatch]) {
        columns = batches.first?.schema.fields ?? []
        for batch in batches {
            let values = zip(columns, batch.columns).map { field, column in
                column.values.map { PlainValue($0, field.type) }
            }
            rows += (0..<batch.count).map { row in values.map { $0[row] } }
        }
    }

    /// Some of the columns.
    func columns(_ places: [Int]) -> Answer {
        var answer = self
        answer.columns = places.map { columns[$0] }
        answer.rows = rows.map { row in places.map { row[$0] } }
        return answer
    }

    var sorted: Answer {
        var answer = self
        answer.rows = rows.map { ($0.map(\.sortingText).joined(separator: "\u{1}"), $0) }.sorted { $0.0 < $1.0 }.map(
            \.1)
        return answer
    }
}

extension DuckType {
    /// Whether a column of Spark's is what stands for this type there.
    func isGiven(as type: DataType) -> Bool {
        switch (self, type) {
        case (.null, .null), (.boolean, .bool), (.tinyint, .int8), (.smallint, .int16), (.utinyint, .int16),
            (.integer, .int32), (.usmallint, .int32), (.bigint, .int64), (.uinteger, .int64), (.float, .float32),
            (.double, .float64), (.varchar, .utf8), (.json, .utf8), (.uuid, .utf8), (.blob, .binary), (.date, .date32),
            (.timestamp, .timestamp(.microsecond, nil)), (.timestamptz, .timestamp(.microsecond, "UTC")):
            true
        case (.ubigint, .decimal(_, let precision, let scale)): precision == 20 && scale == 0
        case (.hugeint, .decimal(_, let precision, let scale)): precision == 38 && scale == 0
        case (.decimal(let width, let digits), .decimal(_, let precision, let scale)):
            width == precision && digits == scale
        case (.list(let element), .list(let field)): element.isGiven(as: field.type)
        case (.structure(let ones), .structure(let others)):
            ones.count == others.count
                && zip(ones, others).allSatisfy { $0.name == $1.name && $0.type.isGiven(as: $1.type) }
        case (.map(let key, let value), .map(let entries, _)):
            if case .structure(let fields) = entries.type, fields.count == 2 {
                key.isGiven(as: fields[0].type) && value.isGiven(as: fields[1].type)
            } else {
                false
            }
        default: false
        }
    }
}
