import CArrow
import CDuckDB
package import Columnar

extension Connection {
    /// Runs every statement of the text and hands the rows of the last one to `body` as Arrow's batches, while DuckDB
    /// computes them. What holds for `stream` holds here as well.
    ///
    /// - Parameters:
    ///   - rows: how many rows a batch has; the last one may have fewer. A result without rows gives one empty batch,
    ///     for its schema.
    /// - Throws: `DuckDBError`, or `ColumnarError` for what Arrow has no room for.
    package func batches(
        _ sql: String, _ values: [Value] = [], rows: Int = 65_536, _ body: (RecordBatch) throws -> Void
    ) throws {
        try run(sql, values, streaming: true) { cursor, isLast in
            guard isLast else {
                while try cursor.next() != nil { try self.handle.checkInterruption() }
                return
            }
            let conversion = try cursor.arrowConversion()
            var waiting = WaitingBatches(schema: conversion.schema)
            while let chunk = try cursor.next() {
                try waiting.add(try conversion.batch(chunk))
                while let batch = try waiting.take(rows) { try body(batch) }
                try self.handle.checkInterruption()
            }
            if let batch = try waiting.takeRest() { try body(batch) }
        }
    }

    /// Adds the rows of a batch to a table. DuckDB casts them to the types of the table's columns, which are taken in
    /// order, whatever their names.
    ///
    /// - Parameter appender: one of this connection.
    /// - Throws: `DuckDBError`: other columns, a type that DuckDB does not have, no memory left, or code `.closed`;
    ///   `ColumnarError`: a text that is not UTF-8, which DuckDB would take for one.
    package func append(_ batch: RecordBatch, to appender: Appender) throws {
        try batch.validateTexts()
        try handle.run { connection in
            var schema = ArrowSchema()
            CInterface.export(batch.schema, to: &schema)
            defer { schema.release?(&schema) }
            var converted: duckdb_arrow_converted_schema?
            try DuckDBError.check(duckdb_schema_from_arrow(connection, &schema, &converted))
            defer { duckdb_destroy_arrow_converted_schema(&converted) }
            var array = ArrowArray()
            try CInterface.export(batch, to: &array)
            // DuckDB takes the array over, or leaves it when it fails.
            defer { array.release?(&array) }
            var chunk: duckdb_data_chunk?
            try DuckDBError.check(duckdb_data_chunk_from_arrow(connection, &array, converted, &chunk))
            defer { duckdb_destroy_data_chunk(&chunk) }
            guard let chunk else { throw DuckDBError(code: .other, message: "DuckDB gave no reason.") }
            try appender.append(chunk)
        }
    }
}

/// Batches of the size that they come in, until there are enough rows for one of the size that is asked for.
private struct WaitingBatches {
    let schema: Schema
    private var batches: [RecordBatch] = []
    private var count = 0
    private var isFirst = true

    init(schema: Schema) {
        self.schema = schema
    }

    mutating func add(_ batch: RecordBatch) throws {
        batches.append(batch)
        count += batch.count
    }

    /// A batch of so many rows, if there are as many.
    mutating func take(_ rows: Int) throws -> RecordBatch? {
        guard count >= max(rows, 1) else { return nil }
        var taken: [RecordBatch] = []
        var missing = max(rows, 1)
        while missing > 0, let first = batches.first {
            let piece = min(first.count, missing)
            taken.append(first.slice(0, piece))
            missing -= piece
            if piece == first.count {
                batches.removeFirst()
            } else {
                batches[0] = first.slice(piece, first.count - piece)
            }
        }
        return try joined(taken)
    }

    /// All that is left; an empty batch when there never was one.
    mutating func takeRest() throws -> RecordBatch? {
        guard count > 0 || isFirst else { return nil }
        defer { batches = [] }
        return try joined(batches)
    }

    private mutating func joined(_ parts: [RecordBatch]) throws -> RecordBatch {
        isFirst = false
        let joined = try RecordBatch.concatenate(schema, parts)
        count -= joined.count
        return joined
    }
}
