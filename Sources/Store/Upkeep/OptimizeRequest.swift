package import Project

/// How a table's files are to be put together.
package struct OptimizeRequest: Sendable, Equatable {
    package enum Order: Sendable, Equatable {
        /// Rows stay where they are, roughly.
        case none
        /// By these columns, one after the other; NULL comes first.
        case sort([String])
        /// By these columns at once, so that rows which are near in each of them are near in the files.
        case zOrder([String])
    }

    /// Of a file, in bytes. Files of less than three quarters of it count as small.
    package var targetSize: Int
    package var order: Order

    package init(targetSize: Int = ParquetOptions.standardFileSize, order: Order = .none) {
        self.targetSize = targetSize
        self.order = order
    }
}

/// What `optimize` did.
package struct OptimizeReport: Sendable, Equatable {
    /// The version that it made; nil when there was nothing to do.
    package var version: PinnedVersion?
    /// Live files before and after, of the whole table.
    package var filesBefore: Int
    package var filesAfter: Int
    package var bytesBefore: Int
    package var bytesAfter: Int
    /// How many files were put together, and into how many.
    package var rewritten: Int
    package var written: Int
}
