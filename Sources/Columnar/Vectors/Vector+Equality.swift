import Glibc

extension Vector: Equatable {
    /// The same type and the same values, however they lie in memory. Floating numbers are equal when their bits are.
    package static func == (left: Vector, right: Vector) -> Bool {
        guard left !== right else { return true }
        guard left.type == right.type, left.count == right.count else { return false }
        return left.isEqual(0..<left.count, to: right, 0)
    }

    /// Whether rows are equal to as many of another vector of the same type. Makes no values: a list of nulls may say
    /// to be as long as it likes.
    private func isEqual(_ rows: Range<Int>, to other: Vector, _ otherStart: Int) -> Bool {
        if case .null = type { return true }
        if nullCount == 0, other.nullCount == 0, case .fixed(let width, _) = type.layout {
            return memcmp(
                buffers[0].start + (offset + rows.lowerBound) * width,
                other.buffers[0].start + (other.offset + otherStart) * width, rows.count * width) == 0
        }
        if let own = ByteStrings(self), let others = ByteStrings(other) {
            return isEqual(rows, to: other, otherStart) { row, otherRow in
                let (left, right) = (own[row], others[otherRow])
                guard left.count == right.count, let start = left.baseAddress, let otherStart = right.baseAddress else {
                    return left.count == right.count
                }
                return memcmp(start, otherStart, left.count) == 0
            }
        }
        return isEqual(rows, to: other, otherStart) { isEqual($0, to: other, $1) }
    }

    private func isEqual(
        _ rows: Range<Int>, to other: Vector, _ otherStart: Int, _ isSame: (Int, Int) -> Bool
    ) -> Bool {
        rows.allSatisfy { row in
            let otherRow = otherStart + row - rows.lowerBound
            let isNull = isNullValue(row)
            return isNull == other.isNullValue(otherRow) && (isNull || isSame(row, otherRow))
        }
    }

    /// Whether the row is null, or stands for a null in a dictionary or in runs.
    private func isNullValue(_ row: Int) -> Bool {
        switch type.layout {
        case .dictionary: isNull(row) || dictionary?.isNullValue(dictionaryIndex(row)) ?? true
        case .runEnds: children[1].isNullValue(run(of: row))
        default: isNull(row)
        }
    }

    /// Of two rows that are not null.
    private func isEqual(_ row: Int, to other: Vector, _ otherRow: Int) -> Bool {
        let (index, otherIndex) = (offset + row, other.offset + otherRow)
        switch type.layout {
        case .null: return true
        case .bits: return Bitmap.bit(buffers[0].start, index) == Bitmap.bit(other.buffers[0].start, otherIndex)
        case .fixed(let width, _):
            return memcmp(buffers[0].start + index * width, other.buffers[0].start + otherIndex * width, width) == 0
        case .bytes, .views: return false
        case .list, .listView, .fixedSizeList:
            let (own, others) = (elementRows(row), other.elementRows(otherRow))
            return own.count == others.count && children[0].isEqual(own, to: other.children[0], others.lowerBound)
        case .structure:
            return zip(children, other.children).allSatisfy { $0.isEqual(index..<index + 1, to: $1, otherIndex) }
        case .union:
            let (own, others) = (unionMember(row), other.unionMember(otherRow))
            return own.child == others.child
                && children[own.child].isEqual(own.row..<own.row + 1, to: other.children[own.child], others.row)
        case .dictionary:
            guard let dictionary, let others = other.dictionary else { return false }
            let place = dictionaryIndex(row)
            return dictionary.isEqual(place..<place + 1, to: others, other.dictionaryIndex(otherRow))
        case .runEnds:
            let place = run(of: row)
            return children[1].isEqual(place..<place + 1, to: other.children[1], other.run(of: otherRow))
        }
    }
}
