extension LogReplay {
    enum Line {
        /// A file, and its deletion vector's identity.
        case file(FileTable.Entry, isAdd: Bool, vector: String?)
        case action(Action)
    }

    private var needsStatistics: Bool {
        switch detail {
        case .all, .matching: true
        case .withoutStatistics: false
        }
    }

    /// Reads lines from the last to the first.
    ///
    /// - Parameter body: returns false when it wants the line as an action.
    mutating func applyLines(
        of bytes: [UInt8], file: String, _ body: (inout LogReplay, Line) -> Bool
    ) throws(DeltaLogError) {
        let needsStatistics = needsStatistics
        var scratch = LineScratch()
        let result = bytes.withUnsafeBytes { buffer -> Result<Void, DeltaLogError> in
            let lines = LogLines(buffer)
            for number in stride(from: lines.count, to: 0, by: -1) {
                let line = lines[number]
                if let parsed = FileLine(line) {
                    let isDone = scratch.withEntry(of: parsed, in: line, statistics: needsStatistics) {
                        entry in
                        body(&self, .file(entry, isAdd: parsed.isAdd, vector: parsed.deletionVector?.uniqueID))
                    }
                    if isDone { continue }
                }
                do throws(DeltaLogError) {
                    if let action = try Commit.action(of: line, file: file, line: number) {
                        _ = body(&self, .action(action))
                    }
                } catch {
                    return .failure(error)
                }
            }
            return .success(())
        }
        try result.get()
    }
}

/// Memory for the texts of a line that have escapes.
private struct LineScratch {
    /// A text without its escapes, in memory that is used again.
    private struct Buffer {
        private var bytes: [UInt8] = []
        private var length = 0

        mutating func decode(_ text: JSONScanner.Text, _ scanner: JSONScanner) -> Bool {
            guard text.hasEscapes else { return true }
            if bytes.count < text.range.count {
                bytes = [UInt8](repeating: 0, count: text.range.count * 2)
            }
            guard let length = bytes.withUnsafeMutableBytes({ scanner.decode(text, to: $0) }) else {
                return false
            }
            self.length = length
            return true
        }

        /// Hands over what was decoded; a text without escapes as it is.
        func with(
            _ text: JSONScanner.Text, _ scanner: JSONScanner, _ body: (UnsafeRawBufferPointer) -> Bool
        ) -> Bool {
            guard text.hasEscapes else { return body(scanner.raw(text.range)) }
            return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
        }
    }

    private var path = Buffer()
    private var statistics = Buffer()

    /// Hands a line's file to `body`.
    ///
    /// - Returns: what `body` returns; false when a text cannot be read.
    mutating func withEntry(
        of line: FileLine, in bytes: UnsafeRawBufferPointer, statistics isWanted: Bool,
        _ body: (FileTable.Entry) -> Bool
    ) -> Bool {
        let scanner = JSONScanner(bytes)
        guard path.decode(line.path, scanner) else { return false }
        var rows: Int?
        var isDecoded = false
        if let text = line.statistics {
            rows = StatisticsScanner.rows(inEscaped: scanner.raw(text.range))
            if isWanted || rows == nil {
                isDecoded = true
                guard statistics.decode(text, scanner) else { return false }
            }
        }
        return path.with(line.path, scanner) { path in
            var entry = FileTable.Entry(path: path)
            entry.partitionValues = line.partitionValues.map(scanner.raw)
            entry.size = line.size
            entry.time = line.time
            entry.dataChange = line.dataChange
            entry.tags = line.tags.map(scanner.raw)
            entry.deletionVector = line.deletionVectorJSON.map(scanner.raw)
            entry.baseRowID = line.baseRowID
            entry.defaultRowCommitVersion = line.defaultRowCommitVersion
            entry.clusteringProvider = line.clusteringProvider
            entry.extendedFileMetadata = line.extendedFileMetadata
            entry.rows = rows
            guard isDecoded, let text = line.statistics else { return body(entry) }
            return statistics.with(text, scanner) { statistics in
                entry.statistics = statistics
                if rows == nil { entry.rows = StatisticsScanner.rows(in: statistics) }
                return body(entry)
            }
        }
    }
}
