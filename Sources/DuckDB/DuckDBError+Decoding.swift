import CDuckDB
import Foundation

extension DuckDBError {
    /// Reads an error as a connection reports it: JSON, because connections run with `errors_as_json`, or the plain
    /// `Kind Error: words` of the few errors that DuckDB raises outside a query.
    static func decode(_ text: UnsafePointer<CChar>?) -> DuckDBError {
        guard let text else { return DuckDBError(code: .other, message: "DuckDB gave no reason.") }
        return decode(String(cString: text))
    }

    static func decode(_ text: String) -> DuckDBError {
        let (kind, words) = splitKind(text)
        if words.hasPrefix("{"), let fields = try? JSONDecoder().decode(Fields.self, from: Data(words.utf8)) {
            return fields.error
        }
        let (message, candidates) = splitSuggestions(withoutExcerpt(words))
        return DuckDBError(code: kind.map(Code.init(rawValue:)) ?? .other, message: message, candidates: candidates)
    }

    static func decode(_ error: duckdb_error_data?) -> DuckDBError {
        guard let error else { return DuckDBError(code: .other, message: "DuckDB gave no reason.") }
        var decoded = decode(duckdb_error_data_message(error))
        if decoded.code == .other, let code = code(ofType: duckdb_error_data_error_type(error)) { decoded.code = code }
        return decoded
    }

    private struct Fields: Decodable {
        var type: String?
        var message: String?
        var position: String?
        var candidates: String?
        var subtype: String?
        var name: String?

        enum CodingKeys: String, CodingKey {
            case type = "exception_type"
            case message = "exception_message"
            case subtype = "error_subtype"
            case position, candidates, name
        }

        var error: DuckDBError {
            let (message, suggested) = splitSuggestions(withoutExcerpt(self.message ?? ""))
            // The words hold the few likeliest names, the field all of them.
            let all = suggested.isEmpty ? splitCandidates(candidates ?? "") : suggested
            return DuckDBError(
                code: type.map(Code.init(rawValue:)) ?? .other,
                message: message,
                position: position.flatMap { Int($0) },
                candidates: all,
                sqlSubtype: subtype,
                name: name
            )
        }
    }

    /// `Parser Error: words` is `Parser` and `words`.
    private static func splitKind(_ text: String) -> (kind: String?, words: String) {
        guard let range = text.range(of: " Error: ") else { return (nil, text) }
        let kind = text[..<range.lowerBound]
        // Only a kind is this short and has no punctuation; anything else is part of the words.
        guard kind.count <= 24, kind.allSatisfy({ $0.isLetter || $0 == " " }) else { return (nil, text) }
        return (String(kind), String(text[range.upperBound...]))
    }

    private static func withoutExcerpt(_ words: String) -> String {
        guard let range = words.range(of: #"\n+LINE \d+: "#, options: .regularExpression) else { return words }
        return String(words[..<range.lowerBound])
    }

    /// Takes the names that DuckDB suggests in its last lines off the message.
    private static func splitSuggestions(_ words: String) -> (message: String, candidates: [String]) {
        let openings =
            #"\n+\s*(Did you mean:? |Candidate (bindings|tables|columns|extensions): |Candidate functions:\n)"#
        guard let range = words.range(of: openings, options: .regularExpression) else {
            return (words.trimmingCharacters(in: .newlines), [])
        }
        let suggestions = String(words[range.upperBound...])
        let candidates: [String]
        if words[range].hasSuffix("functions:\n") {
            candidates = suggestions.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        } else {
            candidates = suggestions.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .compactMap { $0.offset % 2 == 1 ? String($0.element) : nil }
        }
        guard !candidates.isEmpty else { return (words, []) }
        return (String(words[..<range.lowerBound]), candidates)
    }

    /// Splits at commas that stand outside parentheses: `sum(INTEGER, x) -> HUGEINT,min(ANY)`.
    private static func splitCandidates(_ text: String) -> [String] {
        var candidates: [String] = []
        var current = ""
        var depth = 0
        for character in text {
            switch character {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            default: break
            }
            if character == ",", depth == 0 {
                candidates.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        candidates.append(current)
        return candidates.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// The numbers of `duckdb_error_type`, as far as an appender meets them.
    private static func code(ofType type: Int32) -> Code? {
        switch type {
        case 1: .outOfRange
        case 2: .conversion
        case 5: .mismatchType
        case 8: .invalidType
        case 10: .transaction
        case 11: .notImplemented
        case 13: .catalog
        case 18: .constraint
        case 24: .binder
        case 28: .io
        case 29: .interrupt
        case 30: .fatal
        case 31: .internalError
        case 32: .invalidInput
        case 33: .outOfMemory
        case 34: .permission
        default: nil
        }
    }
}
