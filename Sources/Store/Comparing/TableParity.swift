/// Whether two tables hold the same rows, as a multiset, and what is different if not.
package struct TableParity: Sendable, Equatable {
    /// What is different beyond the tolerance: of the second table against the first.
    package var difference = TableDiff()
    /// The columns by which rows are told apart where they are shown.
    package var key: [String] = []
    /// Rows whose floating numbers differ within the tolerance; they count as unchanged.
    package var rounded = 0
    /// The largest difference among those, relative to the larger number.
    package var deviation: Double?

    package init() {}

    package var isEqual: Bool { difference.isEmpty }
}

/// How far floating numbers may differ and still be the same.
package struct FloatTolerance: Sendable, Equatable {
    /// Relative to the larger of the two magnitudes. 0 wants the same numbers.
    package var relative: Double

    package init(relative: Double) { self.relative = relative }

    /// That of the type FLOAT is at least its last binary place: a sum that was rounded twice may be off by that.
    var ofSingles: Double { relative == 0 ? 0 : max(relative, 0x1p-23) }
}
