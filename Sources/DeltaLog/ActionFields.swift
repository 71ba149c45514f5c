/// Reads the members of one action, and says which is missing.
struct ActionFields {
    let action: String
    let object: JSONObject

    func required<Value>(_ name: String, _ kind: (JSONValue) -> Value?) throws(DeltaLogError) -> Value {
        guard let value = object[name], !value.isNull else {
            throw DeltaLogError(.corrupt, "\(action) has no \(name)")
        }
        guard let value = kind(value) else {
            throw DeltaLogError(.corrupt, "\(action).\(name) has the wrong type")
        }
        return value
    }

    /// Nil when the member is absent, null or of another type: other writers' extras must not make a table unreadable.
    func optional<Value>(_ name: String, _ kind: (JSONValue) -> Value?) -> Value? {
        object[name].flatMap(kind)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

    /// Sorted by name, so that the same map always gives the same text.
    init(map: [String: String]) {
        self.init(map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }

    init(nullableMap map: [String: String?]) {
        self.init(map.sorted { $0.key < $1.key }.map { ($0.key, $0.value.map(JSONValue.string) ?? .null) })
    }

    /// The members that are strings.
    var texts: [String: String] {
        var map: [String: String] = [:]
        for member in members { map[member.name] = member.value.text }
        return map
    }

    /// The members that are strings or null.
    var nullableTexts: [String: String?] {
        var map: [String: String?] = [:]
        for member in members { map.updateValue(member.value.text, forKey: member.name) }
        return map
    }
}
