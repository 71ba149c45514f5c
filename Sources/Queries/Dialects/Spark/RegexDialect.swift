/// Regular expressions of RE2, which DuckDB has, as Java's, which Spark has.
enum RegexDialect {
    struct Fault: Error {
        var message: String
        var hint: String?
    }

    /// - Parameters:
    ///   - options: DuckDB's letters: `i`, `c`, `s`, `m`, `n`.
    static func java(_ pattern: String, options: String) throws(Fault) -> String {
        var (ignoresCase, matchesLineEnds) = (false, false)
        for option in options {
            switch option {
            case "i": ignoresCase = true
            case "c": ignoresCase = false
            case "s": matchesLineEnds = true
            // To DuckDB these say what `.` is, and never that `^` and `$` are those of a line.
            case "n", "m", "p": matchesLineEnds = false
            default: throw Fault(message: "the option \(option) of a regular expression is not translated")
            }
        }
        let flags = "d" + (ignoresCase ? "iu" : "") + (matchesLineEnds ? "s" : "")
        var reader = Reader(characters: Array(pattern))
        return "(?\(flags))" + (try reader.all())
    }

    private struct Reader {
        let characters: [Character]
        var place = 0

        init(characters: [Character]) { self.characters = characters }

        private var next: Character? { place < characters.count ? characters[place] : nil }
        private func peek(_ distance: Int) -> Character? {
            place + distance < characters.count ? characters[place + distance] : nil
        }

        mutating func all() throws(Fault) -> String {
            var result = ""
            while let character = next {
                place += 1
                switch character {
                case "\\": result += try escape(inClass: false)
                case "[": result += try characterClass()
                case "$": result += "\\z"
                case "(": result += try opening()
                case "{":
                    if isRepetition() { result.append("{") } else { result += "\\{" }
                case "}": result += result.hasSuffix(",") || result.last?.isNumber == true ? "}" : "\\}"
                case "*", "+", "?":
                    if next == "+" {
                        throw Fault(message: "\(character)+ means something else in Spark's regular expressions")
                    }
                    result.append(character)
                default: result.append(character)
                }
            }
            return result
        }

        /// Whether `{` begins a count, as in `{2,3}`.
        private func isRepetition() -> Bool {
            var index = place
            var digits = 0
            while index < characters.count, characters[index].isNumber {
                index += 1
                digits += 1
            }
            guard digits > 0 else { return false }
            if index < characters.count, characters[index] == "," {
                index += 1
                while index < characters.count, characters[index].isNumber { index += 1 }
            }
            return index < characters.count && characters[index] == "}"
        }

        private mutating func opening() throws(Fault) -> String {
            guard next == "?" else { return "(" }
            switch peek(1) {
            case ":":
                place += 2
                return "(?:"
            case "P", "<":
                // A group's name serves nothing here.
                while let character = next {
                    place += 1
                    if character == ">" { return "(" }
                }
                return "("
            default:
                var flags = ""
                place += 1
                while let character = next, character != ")", character != ":" {
                    guard "is-".contains(character) else {
                        throw Fault(message: "(?\(character)…) in a regular expression is not translated")
                    }
                    flags += character == "i" ? "iu" : String(character)
                    place += 1
                }
                return "(?\(flags)"
            }
        }

        private mutating func escape(inClass: Bool) throws(Fault) -> String {
            guard let character = next else { throw Fault(message: "a regular expression ends with a backslash") }
            place += 1
            switch character {
            case "s": return inClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]"
            case "S" where !inClass: return "[^\\t\\n\\f\\r ]"
            case "b" where !inClass:
                let word = "[0-9A-Za-z_]"
                return "(?:(?<=\(word))(?!\(word))|(?<!\(word))(?=\(word)))"
            case "d", "D", "w", "W", "t", "n", "r", "f", "a": return "\\\(character)"
            case _ where !inClass && (character == "z" || character == "A"): return "\\\(character)"
            case "v": return "\\x0B"
            case "p", "P":
                guard let opening = next else { throw Fault(message: "a regular expression ends with \\p") }
                place += 1
                var name = String(opening)
                if opening == "{" {
                    name = ""
                    while let letter = next, letter != "}" {
                        name.append(letter)
                        place += 1
                    }
                    place += 1
                }
                let categories: Set<Character> = ["L", "M", "N", "P", "S", "Z", "C"]
                guard name.count <= 2, let first = name.first, categories.contains(first) else {
                    throw Fault(message: "\\p{\(name)} in a regular expression is not translated")
                }
                return "\\\(character){\(name)}"
            case "x":
                return "\\x"
            case _ where character.isLetter || character.isNumber:
                throw Fault(message: "\\\(character) in a regular expression is not translated")
            default: return "\\\(character)"
            }
        }

        private mutating func characterClass() throws(Fault) -> String {
            var result = "["
            if next == "^" {
                result += "^"
                place += 1
            }
            var isFirst = true
            while let character = next {
                place += 1
                switch character {
                case "]" where !isFirst: return result + "]"
                case "]": result += "\\]"
                case "[" where next == ":":
                    var name = ""
                    place += 1
                    while let letter = next, letter != ":" {
                        name.append(letter)
                        place += 1
                    }
                    place += 2
                    let classes = [
                        "alpha": "\\p{Alpha}", "digit": "\\p{Digit}", "alnum": "\\p{Alnum}", "upper": "\\p{Upper}",
                        "lower": "\\p{Lower}", "punct": "\\p{Punct}", "space": "\\t\\n\\x0B\\f\\r ", "blank": " \\t",
                        "xdigit": "\\p{XDigit}", "word": "\\w",
                    ]
                    guard let java = classes[name] else {
                        throw Fault(message: "[:\(name):] in a regular expression is not translated")
                    }
                    result += java
                case "[": result += "\\["
                case "&": result += "\\&"
                case "\\":
                    if next == "S" {
                        throw Fault(message: "\\S within [ ] is not translated", hint: "write it outside")
                    }
                    result += try escape(inClass: true)
                default: result.append(character)
                }
                isFirst = false
            }
            throw Fault(message: "a regular expression has a [ without ]")
        }
    }
}
