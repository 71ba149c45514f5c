import Foundation

/// A JSON value, looked into without ceremony: what is not there is null.
struct JSON: CustomStringConvertible {
    private let value: Any?

    private init(value: Any?) { self.value = value is NSNull ? nil : value }

    init(_ text: String) throws {
        value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    subscript(key: String) -> JSON { JSON(value: (value as? [String: Any])?[key]) }
    subscript(index: Int) -> JSON { array.indices.contains(index) ? array[index] : JSON(value: nil) }

    var array: [JSON] { (value as? [Any])?.map(JSON.init(value:)) ?? [] }
    var object: [String: JSON] { (value as? [String: Any])?.mapValues(JSON.init(value:)) ?? [:] }
    /// Empty when it is no text.
    var text: String { value as? String ?? "" }
    var int: Int? { (value as? NSNumber)?.intValue }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var isTrue: Bool { (value as? NSNumber)?.boolValue == true }
    var isNull: Bool { value == nil }

    var description: String { value.map { "\($0)" } ?? "null" }

    /// The element of an array of objects whose field has this text.
    func first(_ field: String, _ text: String) -> JSON { array.first { $0[field].text == text } ?? JSON(value: nil) }
}
