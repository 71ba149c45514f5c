import CArrow

extension Vector {
    /// Throws when a text in it is not UTF-8. Reading does not need that, as what is not UTF-8 reads as U+FFFD; other
    /// libraries may rely on it.
    package func validateTexts() throws {
        if type.isText, !areTextsValid() { throw ColumnarError.malformed("a text is not UTF-8") }
        for (child, field) in zip(children, type.children) { try at(field.name) { try child.validateTexts() } }
        try dictionary?.validateTexts()
    }

    /// All bytes at once; only if that fails, those that are not null one by one.
    private func areTextsValid() -> Bool {
        guard count > 0, let strings = ByteStrings(self) else { return true }
        switch type.layout {
        case .bytes(.small) where areTextsValid(Int32.self): return true
        case .bytes(.large) where areTextsValid(Int64.self): return true
        default: break
        }
        return (0..<count).allSatisfy { row in
            if isNull(row) { return true }
            let bytes = strings[row]
            guard let start = bytes.baseAddress else { return true }
            return carrow_is_utf8(start.assumingMemoryBound(to: UInt8.self), Int64(bytes.count))
        }
    }

    /// Texts are valid when all of them together are, and none begins in the middle of a character.
    private func areTextsValid<T: OffsetInteger>(_: T.Type) -> Bool {
        let offsets = buffers[0].elements(T.self) + offset
        let bytes = buffers[1].elements(UInt8.self)
        let (first, last) = (Int(offsets[0]), Int(offsets[count]))
        guard carrow_is_utf8(bytes + first, Int64(last - first)) else { return false }
        return (0..<count).allSatisfy { row in
            let start = Int(offsets[row])
            return start == last || bytes[start] & 0xC0 != 0x80
        }
    }
}

extension RecordBatch {
    /// Throws when a text in it is not UTF-8.
    package func validateTexts() throws {
        for (column, field) in zip(columns, schema.fields) { try at(field.name) { try column.validateTexts() } }
    }
}
