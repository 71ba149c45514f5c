import Foundation
import SparkConnectProtocol
import Testing

@testable import SparkConnect

@Suite("Batches in pieces")
struct ChunkAssemblerTests {
    private func piece(
        _ bytes: [UInt8], rows: Int64, start: Int64? = nil, _ index: Int64? = nil, of count: Int64? = nil
    ) -> ConnectExecutePlanResponse.ArrowBatch {
        var piece = ConnectExecutePlanResponse.ArrowBatch()
        piece.data = Data(bytes)
        piece.rowCount = rows
        if let start { piece.startOffset = start }
        if let index { piece.chunkIndex = index }
        if let count { piece.numChunksInBatch = count }
        return piece
    }

    @Test("whole batches and batches in pieces, with their places")
    func whole() throws {
        var assembler = ChunkAssembler()
        #expect(try assembler.take(piece([1], rows: 3)) == ArrowBytes(bytes: [1], rows: 3, start: 0))
        #expect(try assembler.take(piece([2], rows: 2, start: 3, 0, of: 3)) == nil)
        #expect(assembler.isIncomplete)
        #expect(try assembler.take(piece([], rows: 2, start: 3, 1, of: 3)) == nil)
        #expect(
            try assembler.take(piece([3, 4], rows: 2, start: 3, 2, of: 3))
                == ArrowBytes(bytes: [2, 3, 4], rows: 2, start: 3))
        #expect(!assembler.isIncomplete)
        #expect(
            try assembler.take(piece([5], rows: 0, start: 5, 0, of: 1)) == ArrowBytes(bytes: [5], rows: 0, start: 5))
    }

    @Test("gaps, repetitions and nonsense are errors, not wrong rows")
    func wrong() throws {
        let lists: [[ConnectExecutePlanResponse.ArrowBatch]] = [
            [piece([1], rows: 3), piece([1], rows: 3, start: 4)],
            [piece([1], rows: 3), piece([1], rows: 3, start: 0)],
            [piece([1], rows: -1)],
            [piece([1], rows: 3, start: 0, 1, of: 3)],
            [piece([1], rows: 3, start: 0, 0, of: 0)],
            [piece([1], rows: 3, start: 0, 0, of: 3), piece([1], rows: 3, start: 0, 2, of: 3)],
            [piece([1], rows: 3, start: 0, 0, of: 3), piece([1], rows: 3, start: 0, 0, of: 3)],
            [piece([1], rows: 3, start: 0, 0, of: 3), piece([1], rows: 4, start: 0, 1, of: 3)],
            [piece([1], rows: 3, start: 0, 0, of: 3), piece([1], rows: 3, start: 0, 1, of: 2)],
        ]
        for list in lists {
            var assembler = ChunkAssembler()
            let error = #expect(throws: SparkError.self) { for piece in list { _ = try assembler.take(piece) } }
            #expect(error?.code == .malformed)
        }
    }
}
