import CArrow

extension VectorParts {
    func checkedIndices(_ buffers: [Buffer], _ index: IntegerType) throws -> [Buffer] {
        guard case .dictionary(_, let values, _) = type, let dictionary else {
            throw ColumnarError.malformed("a dictionary's indices without the dictionary")
        }
        guard dictionary.type == values else {
            throw ColumnarError.mismatch("the dictionary of \(type) has the type \(dictionary.type)")
        }
        try check(buffers[0], holds: end.times(index.width))
        let indices = try buffers[0].aligned(to: index.width)
        let isValid =
            switch index {
            case .int8: areBelow(dictionary.count, indices.elements(Int8.self))
            case .int16: areBelow(dictionary.count, indices.elements(Int16.self))
            case .int32:
                areBelow(dictionary.count, indices.elements(Int32.self)) {
                    carrow_below_32($0, $1, Int32(clamping: dictionary.count - 1))
                }
            case .int64:
                areBelow(dictionary.count, indices.elements(Int64.self)) {
                    carrow_below_64($0, $1, Int64(dictionary.count - 1))
                }
            case .uint8: areBelow(dictionary.count, indices.elements(UInt8.self))
            case .uint16: areBelow(dictionary.count, indices.elements(UInt16.self))
            case .uint32: areBelow(dictionary.count, indices.elements(UInt32.self))
            case .uint64: areBelow(dictionary.count, indices.elements(UInt64.self))
            }
        guard isValid else {
            throw ColumnarError.malformed("an index is not among the \(dictionary.count) values of the dictionary")
        }
        return [indices]
    }

    /// All of them first, without branches; only if that fails, those that are not null.
    private func areBelow<T: FixedWidthInteger>(
        _ limit: Int, _ indices: UnsafePointer<T>, quickly: ((UnsafePointer<T>, Int64) -> Bool)? = nil
    ) -> Bool {
        guard count > 0 else { return true }
        if let quickly {
            if limit > 0, quickly(indices + offset, Int64(count)) { return true }
        } else {
            var low = T.max
            var high = T.min
            for row in offset..<end {
                low = min(low, indices[row])
                high = max(high, indices[row])
            }
            if low >= 0 && high < limit { return true }
        }
        guard validity != nil else { return false }
        return allValid { indices[$0] >= 0 && indices[$0] < limit }
    }

    func checkedUnion(_ buffers: [Buffer], _ mode: UnionMode) throws -> [Buffer] {
        guard case .union(_, _, let ids) = type else { return [] }
        try check(buffers[0], holds: end)
        let types = buffers[0].elements(Int8.self)
        // For each number the child; -1 for none.
        var childOfID = [Int](repeating: -1, count: 256)
        for (child, id) in ids.enumerated() { childOfID[Int(UInt8(bitPattern: id))] = child }
        switch mode {
        case .sparse:
            guard (offset..<end).allSatisfy({ childOfID[Int(UInt8(bitPattern: types[$0]))] >= 0 }) else {
                throw ColumnarError.malformed("a row is of no field of the union")
            }
            for child in children where child.count < end {
                throw ColumnarError.malformed("a sparse union of \(end) rows with a child of \(child.count)")
            }
            return buffers
        case .dense:
            try check(buffers[1], holds: end.times(4))
            let aligned = try buffers[1].aligned(to: 4)
            let offsets = aligned.elements(Int32.self)
            let counts = children.map(\.count)
            let isValid = (offset..<end).allSatisfy { row in
                let child = childOfID[Int(UInt8(bitPattern: types[row]))]
                return child >= 0 && offsets[row] >= 0 && Int(offsets[row]) < counts[child]
            }
            guard isValid else { throw ColumnarError.malformed("a row of a union points at no value") }
            return [buffers[0], aligned]
        }
    }

    /// Run ends that rise, and reach the last row.
    func checkRunEnds() throws {
        let ends = children[0]
        guard ends.nullCount == 0 else { throw ColumnarError.malformed("a run end is null") }
        guard children[1].count >= ends.count else {
            throw ColumnarError.malformed("\(ends.count) runs of \(children[1].count) values")
        }
        let isValid =
            switch ends.type {
            case .int16: areRunEnds(ends, Int16.self)
            case .int32: areRunEnds(ends, Int32.self)
            default: areRunEnds(ends, Int64.self)
            }
        guard isValid else { throw ColumnarError.malformed("run ends do not rise, or end before row \(end)") }
    }

    private func areRunEnds<T: FixedWidthInteger & BitwiseCopyable>(_ ends: Vector, _: T.Type) -> Bool {
        let values = UnsafeBufferPointer(start: ends.buffers[0].elements(T.self) + ends.offset, count: ends.count)
        var last: T = 0
        for value in values {
            guard value > last else { return false }
            last = value
        }
        return Int(last) >= end
    }
}
