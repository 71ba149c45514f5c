import SparkConnectProtocol

/// Puts batches together that the server sent in pieces, and sees that none is missing.
struct ChunkAssembler: Sendable, Hashable {
    private var rows: Int64 = 0
    private var open: Open?

    private struct Open: Sendable, Hashable {
        let rows: Int64
        let start: Int64
        let pieces: Int64
        var next: Int64
        var bytes: [UInt8]
    }

    /// A batch lacks pieces.
    var isIncomplete: Bool { open != nil }

    /// - Returns: a batch when the piece makes one whole.
    mutating func take(_ piece: ConnectExecutePlanResponse.ArrowBatch) throws(SparkError) -> ArrowBytes? {
        let start = piece.hasStartOffset ? piece.startOffset : rows
        guard start == rows else {
            throw SparkError(.malformed, "the result has a gap: row \(rows) was expected, and row \(start) came")
        }
        guard piece.rowCount >= 0 else {
            throw SparkError(.malformed, "a batch of the result has \(piece.rowCount) rows")
        }
        let pieces = piece.hasNumChunksInBatch ? piece.numChunksInBatch : 1
        let index = piece.hasChunkIndex ? piece.chunkIndex : 0
        if var batch = open {
            guard batch.next == index, batch.pieces == pieces, batch.rows == piece.rowCount else {
                throw SparkError(.malformed, "piece \(batch.next) of \(batch.pieces) of a batch is missing")
            }
            // Not to have a second reference, which would copy all bytes so far.
            open = nil
            batch.bytes.append(contentsOf: piece.data)
            batch.next += 1
            if batch.next == batch.pieces { return finish(batch) }
            open = batch
            return nil
        }
        guard index == 0, pieces >= 1 else {
            throw SparkError(.malformed, "a batch of the result begins with piece \(index) of \(pieces)")
        }
        let batch = Open(rows: piece.rowCount, start: start, pieces: pieces, next: 1, bytes: Array(piece.data))
        if pieces == 1 { return finish(batch) }
        open = batch
        return nil
    }

    private mutating func finish(_ batch: Open) -> ArrowBytes {
        rows += batch.rows
        return ArrowBytes(bytes: batch.bytes, rows: Int(batch.rows), start: Int(batch.start))
    }
}

/// One batch of a result, as a complete Arrow IPC stream: schema, batch, end.
package struct ArrowBytes: Sendable, Hashable {
    package let bytes: [UInt8]
    package let rows: Int
    /// How many rows of the result came before.
    package let start: Int
}
