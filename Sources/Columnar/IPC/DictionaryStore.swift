/// The dictionaries of a stream as they are at one place of it.
///
/// Those whose values have dictionaries themselves are put together when a batch needs them: an inner one may come
/// later, or be replaced.
struct DictionaryStore {
    private struct Entry {
        var values: FieldLayout
        /// Numbers of the dictionaries within the values.
        var inner: Set<Int64> = []
        /// The last whole one and what was added to it.
        var parts: [(header: BatchHeader, body: Buffer)] = []
        var vector: Vector?
    }

    private let limits: DecodingLimits
    private var entries: [Int64: Entry] = [:]
    /// For each dictionary those that contain it.
    private var outer: [Int64: [Int64]] = [:]

    init(_ layout: SchemaLayout, _ limits: DecodingLimits) throws {
        self.limits = limits
        for field in layout.fields { try field.forEachDictionary { try add($0, $1) } }
    }

    private mutating func add(_ id: Int64, _ values: FieldLayout) throws {
        var entry = Entry(values: values)
        values.forEachDictionary { id, _ in entry.inner.insert(id) }
        if let known = entries[id] {
            guard known.values.isLike(values) else {
                throw ColumnarError.malformed("two fields have the dictionary \(id), but with different types")
            }
            return
        }
        guard !entry.inner.contains(id) else { throw ColumnarError.malformed("the dictionary \(id) contains itself") }
        entries[id] = entry
        for inner in entry.inner { outer[inner, default: []].append(id) }
    }

    mutating func take(id: Int64, isDelta: Bool, _ header: BatchHeader, _ body: Buffer) throws {
        guard var entry = entries[id] else { throw ColumnarError.malformed("no field has the dictionary \(id)") }
        if isDelta {
            guard !entry.parts.isEmpty || entry.vector != nil else {
                throw ColumnarError.malformed("an addition to the dictionary \(id), which has not come yet")
            }
        } else {
            entry.parts = []
            entry.vector = nil
        }
        if entry.inner.isEmpty {
            let part = try decode(id, entry, header, body) { _ in nil }
            entry.vector = try joined(id, (entry.vector.map { [$0] } ?? []) + [part])
        } else {
            entry.parts.append((header, body))
            entry.vector = nil
        }
        entries[id] = entry
        for other in outer[id] ?? [] { entries[other]?.vector = nil }
    }

    /// The dictionary's values; nil when they have not come yet.
    mutating func vector(_ id: Int64) throws -> Vector? {
        guard let entry = entries[id] else { return nil }
        if let vector = entry.vector { return vector }
        guard !entry.parts.isEmpty else { return nil }
        var inner: [Int64: Vector] = [:]
        for id in entry.inner { inner[id] = try vector(id) }
        let found = inner
        let parts = try entry.parts.map { part in try decode(id, entry, part.header, part.body) { found[$0] } }
        let vector = try joined(id, parts)
        entries[id]?.vector = vector
        return vector
    }

    private func joined(_ id: Int64, _ parts: [Vector]) throws -> Vector {
        let count = try parts.reduce(0) { try $0.plus($1.count) }
        guard count <= limits.rows else { throw ColumnarError.limit("\(count) values in the dictionary \(id)") }
        return try at("dictionary \(id)") { try Vector.concatenate(parts) }
    }

    private func decode(
        _ id: Int64, _ entry: Entry, _ header: BatchHeader, _ body: Buffer,
        _ inner: @escaping (Int64) throws -> Vector?
    ) throws -> Vector {
        try at("dictionary \(id)") {
            let columns = try BatchDecoder.decode(header, body, [entry.values], limits, dictionary: inner)
            return columns[0]
        }
    }

    /// All dictionaries that have come, for a batch to be decoded with.
    mutating func snapshot() throws -> [Int64: Vector] {
        var snapshot: [Int64: Vector] = [:]
        for id in entries.keys { snapshot[id] = try vector(id) }
        return snapshot
    }
}
