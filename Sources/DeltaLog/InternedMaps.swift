/// Maps of texts, as partition values and tags are: many files have the same one, which is kept once.
struct InternedMaps: Sendable {
    /// Of so many different maps the values are kept ready; of the others their JSON.
    private static let readyLimit = 4_096

    private var json = ByteInterner()
    private var ready: [[String: String?]] = []

    /// The number of a map that is given as a JSON object; nil when it is none.
    mutating func insert(json bytes: UnsafeRawBufferPointer) -> UInt32? {
        if let known = json.index(of: bytes) { return UInt32(known) }
        guard let map = Self.map(of: bytes) else { return nil }
        let index = json.insert(bytes).index
        if index < Self.readyLimit { ready.append(map) }
        return UInt32(index)
    }

    mutating func insert(_ map: [String: String?]) -> UInt32 {
        let bytes = JSONValue.object(JSONObject(nullableMap: map)).bytes
        let (index, isNew) = bytes.withUnsafeBytes { json.insert($0) }
        if isNew, index < Self.readyLimit { ready.append(map) }
        return UInt32(index)
    }

    var count: Int { json.count }

    subscript(_ index: UInt32) -> [String: String?] {
        let index = Int(index)
        return index < ready.count ? ready[index] : json.withBytes(at: index) { Self.map(of: $0) ?? [:] }
    }

    /// The members that are texts or null, as `JSONObject.nullableTexts` has them.
    static func map(of bytes: UnsafeRawBufferPointer) -> [String: String?]? {
        guard let value = try? JSONValue.parse(bytes) else { return nil }
        return value.object?.nullableTexts
    }
}
