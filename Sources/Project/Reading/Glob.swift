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
        if part == ["*", "*"] { expand(rest, below: folder, files, &found) }
        for entry in (try? files.list(folder.isEmpty ? "/" : folder)) ?? [] where !entry.name.hasPrefix(".") {
            let path = folder + "/" + entry.name
            if part == ["*", "*"] {
                if entry.isFolder {
                    expand(parts, below: path, files, &found)
                } else if rest.isEmpty {
                    found.append(path)
                }
            } else if Glob.name(Array(entry.name)[...], matches: part[...]) {
                if !rest.isEmpty {
                    if entry.isFolder { expand(rest, below: path, files, &found) }
                } else if !entry.isFolder {
                    found.append(path)
                }
            }
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
