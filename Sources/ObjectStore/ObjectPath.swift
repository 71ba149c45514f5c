/// A path below the root of a store: names separated by `/`. It cannot lead out of the store.
package struct ObjectPath: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// The store's own folder.
    package static let root = ObjectPath(unchecked: "")

    /// Nil for an absolute path, and when a name is empty, `.` or `..`, or has a NUL.
    package init?(_ text: String) {
        let names = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for name in names {
            let isDots = name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
            if isDots || name.contains(0) { return nil }
        }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }

    /// The path of something in this folder; nil as for `init(_:)`.
    package func appending(_ relative: String) -> ObjectPath? {
        ObjectPath(relative).map(appending)
    }

    package func appending(_ relative: ObjectPath) -> ObjectPath {
        if text.isEmpty { return relative }
        return relative.text.isEmpty ? self : ObjectPath(unchecked: text + "/" + relative.text)
    }

    /// The last name.
    package var name: String {
        text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[text.utf8.index(after: $0)...]) } ?? text
    }

    /// The folder that it is in.
    package var folder: ObjectPath {
        ObjectPath(unchecked: text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[..<$0]) } ?? "")
    }

    package var description: String { text }
    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
