/// The files of a table at one version, oldest first. They are put together when they are asked for, so that a million
/// of them take little more than the length of their paths.
package struct LiveFiles: Sendable {
    private let older: FileTable
    /// Newest first.
    private let newer: FileTable
    /// How many live files are not here because a predicate ruled them out.
    package let skipped: Int

    init(older: FileTable, newer: FileTable, skipped: Int) {
        self.older = older
        self.newer = newer
        self.skipped = skipped
    }

    package init(_ files: some Sequence<AddFile>) {
        var table = FileTable()
        for file in files { table.append(file) }
        self.init(older: table, newer: FileTable(), skipped: 0)
    }

    /// In bytes.
    package var totalSize: Int { older.totalSize.addingSaturated(newer.totalSize) }

    /// Rows in the files, those that deletion vectors take out included; nil when a file does not tell.
    package var totalRows: Int? {
        guard older.filesWithoutRows == 0, newer.filesWithoutRows == 0 else { return nil }
        return older.knownRows.addingSaturated(newer.knownRows)
    }

    /// Whether there are rows in the files that are not in the table.
    package var hasDeletionVectors: Bool { older.vectorCount > 0 || newer.vectorCount > 0 }

    package func path(at index: Int) -> String { read(index) { $0.path(at: $1) } }

    /// In bytes.
    package func size(at index: Int) -> Int { read(index) { $0.size(at: $1) } }

    /// Rows in the file, those that its deletion vector takes out included; nil when the file does not tell. Also known
    /// where statistics were not kept.
    package func rows(at index: Int) -> Int? { read(index) { $0.rows(at: $1) } }

    package func partitionValues(at index: Int) -> [String: String?] { read(index) { $0.partitionValues(at: $1) } }

    package func deletionVector(at index: Int) -> DeletionVector? { read(index) { $0.deletionVector(at: $1) } }

    /// Hands over what tells the file from others; see `FileIdentity`.
    func withKey<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        read(index) { $0.withKey(at: $1, body) }
    }

    private func read<Result>(_ index: Int, _ body: (FileTable, Int) -> Result) -> Result {
        index < older.count ? body(older, index) : body(newer, newer.count - 1 - (index - older.count))
    }

    /// The files for which `isKept`, given their key, holds. Whole tables are shared, not copied.
    func filtered(keepingStatistics: Bool, _ isKept: (UnsafeRawBufferPointer) -> Bool) -> FileTable {
        if newer.count == 0, (0..<older.count).allSatisfy({ older.withKey(at: $0, isKept) }) { return older }
        var table = FileTable()
        for index in indices {
            read(index) { source, position in
                guard source.withKey(at: position, isKept) else { return }
                table.append(from: source, at: position, keepingStatistics: keepingStatistics)
            }
        }
        return table
    }
}

extension LiveFiles: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { older.count + newer.count }

    package subscript(_ index: Int) -> AddFile { read(index) { $0.add(at: $1) } }
}

extension LiveFiles: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: AddFile...) { self.init(elements) }
}

extension LiveFiles: Equatable {
    package static func == (left: LiveFiles, right: LiveFiles) -> Bool { left.elementsEqual(right) }
}

/// The files that were taken out of a table and are still remembered, oldest first.
package struct RemovedFiles: Sendable {
    private let older: FileTable
    /// Newest first.
    private let newer: FileTable

    init(older: FileTable, newer: FileTable) {
        self.older = older
        self.newer = newer
    }

    package init(_ files: some Sequence<RemoveFile>) {
        var table = FileTable()
        for file in files { table.append(file) }
        self.init(older: table, newer: FileTable())
    }

    private func read<Result>(_ index: Int, _ body: (FileTable, Int) -> Result) -> Result {
        index < older.count ? body(older, index) : body(newer, newer.count - 1 - (index - older.count))
    }

    package func path(at index: Int) -> String { read(index) { $0.path(at: $1) } }

    func filtered(_ isKept: (UnsafeRawBufferPointer) -> Bool) -> FileTable {
        if newer.count == 0, (0..<older.count).allSatisfy({ older.withKey(at: $0, isKept) }) { return older }
        var table = FileTable()
        for index in indices {
            read(index) { source, position in
                guard source.withKey(at: position, isKept) else { return }
                table.append(from: source, at: position, keepingStatistics: false)
            }
        }
        return table
    }
}

extension RemovedFiles: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { older.count + newer.count }

    package subscript(_ index: Int) -> RemoveFile { read(index) { $0.remove(at: $1) } }
}

extension RemovedFiles: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: RemoveFile...) { self.init(elements) }
}
