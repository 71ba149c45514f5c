/// A file name pattern: `*` and `?` within a name, `[a-z]` and `[!a-z]` for one character, `**` for any folders.
package struct Glob {
    private let pattern: String

    /// - Parameter pattern: absolute.
    package init(_ pattern: String) { self.pattern = pattern }

    /// Whether a whole text, such as a dataset's name, matches a pattern; here `*` stands for any characters.
    package static func matches(_ text: String, pattern: String) -> Bool {
        name(Array(text)[...], matches: Array(pattern)[...])
    }

    package static func isPattern(_ text: String) -> Bool {
        text.contains { $0 == "*" || $0 == "?" || $0 == "[" }
    }

    /// The files that match, in order; folders that cannot be listed hold none.
    package func matches(in files: any ProjectFiles) -> [String] {
        let parts = pattern.split(separator: "/").map { Array($0) }
        var found: [String] = []
        expand(parts[...], below: "", files, &found)
        return found
    }

    private func expand(
        _ parts: ArraySlice<[Character]>, below folder: String, _ files: any ProjectFiles, _ found: inout [String]
    ) {
        guard let part = parts.first else { return }
        let rest = parts.dropFirst()
        if !Glob.isPattern(String(part)) {
            let path = folder + "/" + String(part)
            if !rest.isEmpty {
                expand(rest, below: path, files, &found)
            } else if files.isFile(path) {
                found.append(path)
            }
            return
        }
        let entries = ((try? files.list(folder.isEmpty ? "/" : folder)) ?? []).filter { !$0.name.hasPrefix(".") }
        if part == ["*", "*"] {
            if rest.count <= 1, rest.first != part, rest.first.map({ Glob.isPattern(String($0)) }) ?? true {
                // The folder's own files, without listing it once more.
                append(entries, matching: NamePattern(rest.first ?? ["*"]), below: folder, &found)
            } else {
                expand(rest, below: folder, files, &found)
            }
            for entry in entries where entry.isFolder { expand(parts, below: folder + "/" + entry.name, files, &found) }
            return
        }
        let pattern = NamePattern(part)
        guard !rest.isEmpty else { return append(entries, matching: pattern, below: folder, &found) }
        for entry in entries where entry.isFolder && pattern.matches(entry.name) {
            expand(rest, below: folder + "/" + entry.name, files, &found)
        }
    }

    private func append(
        _ entries: [ProjectFolderEntry], matching pattern: NamePattern, below folder: String, _ found: inout [String]
    ) {
        for entry in entries where !entry.isFolder && pattern.matches(entry.name) {
            found.append(folder + "/" + entry.name)
        }
    }

    /// A pattern for names in one folder.
    private struct NamePattern {
        private let characters: [Character]
        /// What names end with, where the pattern is a star and plain text: nearly all are. Such names are told by
        /// their bytes.
        private let ending: String?

        init(_ characters: [Character]) {
            self.characters = characters
            let rest = characters.dropFirst()
            let isEnding = characters.first == "*" && rest.allSatisfy { $0.isASCII && !"*?[\n".contains($0) }
            ending = isEnding ? String(rest) : nil
        }

        func matches(_ name: String) -> Bool {
            if let ending { return name.utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8) }
            return Glob.name(Array(name)[...], matches: characters[...])
        }
    }

    private static func name(_ name: ArraySlice<Character>, matches pattern: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == "*" {
            let rest = pattern.drop { $0 == "*" }
            return (name.startIndex...name.endIndex).contains { self.name(name[$0...], matches: rest) }
        }
        guard let character = name.first else { return false }
        if first == "[", let set = Set(pattern.dropFirst()) {
            return set.contains(character) && self.name(name.dropFirst(), matches: pattern[set.end...])
        }
        return (first == "?" || first == character) && self.name(name.dropFirst(), matches: pattern.dropFirst())
    }

    /// `a-z]`, `!0-9]`: what stands after the opening bracket.
    private struct Set {
        private var ranges: [ClosedRange<Character>] = []
        private var isNegated = false
        /// Where the pattern goes on after the closing bracket.
        let end: Int

        init?(_ text: ArraySlice<Character>) {
            var text = text
            if text.first == "!" || text.first == "^" {
                isNegated = true
                text = text.dropFirst()
            }
            while let low = text.first, low != "]" || ranges.isEmpty {
                let after = text.dropFirst()
                if after.first == "-", let high = after.dropFirst().first, high != "]", low <= high {
                    ranges.append(low...high)
                    text = after.dropFirst(2)
                } else {
                    ranges.append(low...low)
                    text = after
                }
            }
            guard text.first == "]" else { return nil }
            end = text.startIndex + 1
        }

        func contains(_ character: Character) -> Bool {
            ranges.contains { $0.contains(character) } != isNegated
        }
    }
}
