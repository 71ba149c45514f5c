import Foundation

/// The two shapes of JSON that come with errors.
enum TextJSON {
    /// Empty when the text is anything else.
    static func object(_ text: String) -> [String: String] {
        (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
    }

    /// Empty when the text is anything else.
    static func array(_ text: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}
