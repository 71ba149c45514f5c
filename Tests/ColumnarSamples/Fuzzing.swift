import Columnar

/// Reads mutated streams and files, and every value of what can be read all the same.
package struct Fuzzing {
    /// What became of the inputs.
    package struct Outcome: Sendable {
        package var inputs = 0
        package var refused = 0
        package var batches = 0
        package var values = 0
        /// Errors that are not `ColumnarError`.
        package var strangers: [String] = []
    }

    private let seeds: [[UInt8]]
    private let limits: DecodingLimits

    package init(samples: Int) throws {
        seeds = try (0..<UInt64(samples)).map { try Sample(seed: $0).bytes() }
        var limits = DecodingLimits()
        limits.rows = 100_000
        limits.decompressedBytes = 16 << 20
        limits.metadataBytes = 1 << 20
        self.limits = limits
    }

    /// The inputs of a range of numbers; the same for the same number.
    package func run(_ numbers: Range<Int>) -> Outcome {
        var outcome = Outcome()
        for number in numbers {
            var mutation = Mutation(seed: UInt64(number) &* 0x2545_F491_4F6C_DD1D)
            let input = mutation.mutate(seeds[number % seeds.count], others: seeds)
            outcome.inputs += 1
            do {
                try read(input, &outcome)
            } catch is ColumnarError {
                outcome.refused += 1
            } catch {
                outcome.strangers.append("\(number): \(error)")
            }
        }
        return outcome
    }

    private func read(_ input: [UInt8], _ outcome: inout Outcome) throws {
        let bytes = try Buffer(input)
        if input.starts(with: Array("ARROW1".utf8)) {
            let reader = try FileReader(bytes, limits: limits)
            for index in 0..<min(reader.batchCount, 16) { touch(try reader.batch(index), &outcome) }
        } else if input.count % 2 == 0 {
            var reader = try BufferedStreamReader(bytes, limits: limits)
            while let batch = try reader.next() { touch(batch, &outcome) }
        } else {
            var feed = StreamFeed(limits: limits)
            for start in stride(from: 0, to: input.count, by: 97) {
                let events = try input[start..<min(start + 97, input.count)].withUnsafeBytes { try feed.take($0) }
                for case .batch(let batch) in events { touch(batch, &outcome) }
            }
            try feed.end()
        }
    }

    private func touch(_ batch: RecordBatch, _ outcome: inout Outcome) {
        outcome.batches += 1
        for column in batch.columns {
            // A few rows of what may say to be very long.
            for row in 0..<min(column.count, 128) {
                if column.elementRows(row).count > 1000 { continue }
                if case .null = column.value(at: row) { continue }
                outcome.values += 1
            }
        }
    }
}
