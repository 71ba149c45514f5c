/// Puts values of the environment in place of `${env:NAME}` and `${env:NAME:-default}`.
struct Environment {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    struct Expansion {
        var text: String
        /// The bytes of the original that were replaced, ascending, and how many bytes came in their place.
        var edits: [(range: Range<Int>, length: Int)] = []
        /// Names and values that were used; defaults are not among them, as they stand in the file anyway.
        var used: [(name: String, value: String)] = []
        var faults: [Fault] = []
    }

    struct Fault {
        var range: Range<Int>
        var message: String
        var hint: String
    }

    private static let opening = Array("${env:".utf8)

    static func occurs(in text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "$")) && text.contains("${env:")
    }

    /// What was meant stays as it is where a value is missing.
    func expand(_ original: String) -> Expansion {
        var expansion = Expansion(text: original)
        guard Self.occurs(in: original) else { return expansion }
        let bytes = Array(original.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "$"), bytes[index...].starts(with: Self.opening) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let inner = index + Self.opening.count
            guard let close = bytes[inner...].firstIndex(of: UInt8(ascii: "}")) else {
                expansion.faults.append(
                    Fault(
                        range: index..<(inner), message: "'${env:' is never closed",
                        hint: "write ${env:NAME} or ${env:NAME:-default}"))
                result += bytes[index...]
                break
            }
            let range = index..<(close + 1)
            switch value(of: String(decoding: bytes[inner..<close], as: UTF8.self)) {
            case .success(let found):
                result += found.value.utf8
                expansion.edits.append((range, found.value.utf8.count))
                if let name = found.name { expansion.used.append((name, found.value)) }
            case .failure(let problem):
                expansion.faults.append(Fault(range: range, message: problem.message, hint: problem.hint))
                result += bytes[range]
            }
            index = close + 1
        }
        expansion.text = String(decoding: result, as: UTF8.self)
        return expansion
    }

    private struct Problem: Error {
        var message: String
        var hint: String
    }

    /// - Returns: the value, and the variable's name if the value is the environment's.
    private func value(of inner: String) -> Result<(name: String?, value: String), Problem> {
        var name = inner[...]
        var fallback: String?
        if let mark = inner.range(of: ":-") {
            name = inner[..<mark.lowerBound]
            fallback = String(inner[mark.upperBound...])
        }
        guard Self.isName(name) else {
            return .failure(
                Problem(
                    message: "'\(name)' is no name of an environment variable",
                    hint: "write ${env:NAME} or ${env:NAME:-default}"))
        }
        if let value = values[String(name)] { return .success((String(name), value)) }
        if let fallback { return .success((nil, fallback)) }
        return .failure(
            Problem(
                message: "the environment variable \(name) is not set",
                hint: "set it before starting millrace, or give a default: ${env:\(name):-default}"))
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
    }
}

extension String {
    /// Where a short text occurs first.
    fileprivate func range(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part), let end = index(start, offsetBy: part.count, limitedBy: endIndex) {
                return start..<end
            }
            start = index(after: start)
        }
        return nil
    }
}
