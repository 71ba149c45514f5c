import Project

/// A dataset's name, perhaps with a version or a tag: `flights`, `flights@3`, `flights@released`.
struct VersionedName {
    var name: String
    var pin: VersionPin?

    init(_ text: String) throws {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        guard parts.count == 2 else { return }
        guard let pin = VersionPin(String(parts[1])) else {
            throw Diagnostic.error(
                "'\(parts[1])' in '\(text)' is neither a version nor a tag",
                hint: "a version is a whole number, \(name)@3; a tag begins with a letter, \(name)@released")
        }
        self.pin = pin
    }

    /// The same for commands that need to be told which version.
    /// - Parameter example: a whole command that is right.
    static func pinned(_ text: String, example: String) throws -> (name: String, pin: VersionPin) {
        let target = try VersionedName(text)
        guard let pin = target.pin else {
            throw Diagnostic.error(
                "'\(text)' does not say which version", hint: "write a version or a tag after '@': \(example)")
        }
        return (target.name, pin)
    }
}
