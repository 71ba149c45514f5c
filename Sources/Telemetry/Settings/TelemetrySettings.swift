import Project

/// Where a run is told of: what the project says, and the environment, which wins.
struct TelemetrySettings: Sendable {
    struct Traces: Sendable {
        var address: HTTPReceiver.Address
        var form: TraceEncoding.Form
        var sampler: Sampler
        /// The name of the service, and what else is said of where the spans come from.
        var service: String
        var attributes: [(name: String, value: String)]
        var rules: Courier.Rules
        var capacity: Int
    }

    struct Lineage: Sendable {
        enum Place: Sendable {
            case server(HTTPReceiver.Address)
            /// Nil means standard error.
            case lines(path: String?)
        }

        var place: Place
        var namespace: String
        /// The run of somebody else that this one is a part of.
        var parent: ParentJob?
        /// What that one is a part of in turn.
        var root: ParentJob?
        var rules: Courier.Rules
    }

    /// A run of a job, as OpenLineage's integrations hand it on: `NAMESPACE/JOB/RUN`.
    struct ParentJob: Sendable, Equatable {
        var namespace: String
        var name: String
        var run: String

        init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count >= 3, let run = parts.last.map(String.init), Self.isUUID(run) else { return nil }
            // A namespace may be a URL; a job's name has no slash.
            name = String(parts[parts.count - 2])
            namespace = parts.dropLast(2).joined(separator: "/")
            self.run = run
            guard !name.isEmpty, !namespace.isEmpty else { return nil }
        }

        private static func isUUID(_ text: String) -> Bool {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            return parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
        }
    }

    var traces: Traces?
    var lineage: Lineage?
    /// What is wrong with the environment; it is then as if that were not set.
    var warnings: [Diagnostic] = []

    init(_ rules: TelemetryRules, environment: [String: String], root: String) {
        let environment = EnvironmentReader(environment)
        traces = Self.traces(rules, environment)
        lineage = Self.lineage(rules.lineage, environment, root: root)
        warnings = environment.warnings
    }
}

/// Takes values from the environment; an empty one counts as missing. Collects what is wrong with them.
final class EnvironmentReader {
    private let values: [String: String]
    private(set) var warnings: [Diagnostic] = []

    init(_ values: [String: String]) { self.values = values }

    func text(_ names: String...) -> (name: String, value: String)? {
        for name in names {
            if let value = values[name]?.trimmed, !value.isEmpty { return (name, value) }
        }
        return nil
    }

    /// True for `true` alone, in whatever case.
    func isTrue(_ name: String) -> Bool { text(name)?.value.lowercased() == "true" }

    func number(_ names: String..., min: Int) -> Int? {
        for name in names {
            guard let text = text(name) else { continue }
            if let number = Int(text.value), number >= min { return number }
            ignore(name, "is a whole number from \(min) on")
            return nil
        }
        return nil
    }

    func url(_ name: String) -> String? {
        guard let text = text(name) else { return nil }
        let isURL = ["http://", "https://"].contains { scheme in
            text.value.hasPrefix(scheme) && text.value.dropFirst(scheme.count).first.map { $0 != "/" } == true
        }
        if isURL, !text.value.contains(where: \.isWhitespace) { return text.value }
        ignore(name, "is a URL that begins with http:// or https://")
        return nil
    }

    /// `a=1,b=2`, the values encoded as in a URL.
    func pairs(_ name: String) -> [(name: String, value: String)] {
        guard let text = text(name) else { return [] }
        var pairs: [(name: String, value: String)] = []
        for piece in text.value.split(separator: ",") where !piece.allSatisfy(\.isWhitespace) {
            guard let equals = piece.firstIndex(of: "="), let key = String(piece[..<equals]).trimmed.percentDecoded,
                let value = String(piece[piece.index(after: equals)...]).trimmed.percentDecoded, !key.isEmpty
            else {
                ignore(name, "is a list as key=value,key=value")
                return []
            }
            pairs.append((key, value))
        }
        return pairs
    }

    func headers(_ names: String...) -> [String: String] {
        for name in names where text(name) != nil {
            let pairs = pairs(name)
            guard pairs.allSatisfy({ HeaderText.isName($0.name) && HeaderText.isValue($0.value) }) else {
                ignore(name, "has names and values that can be headers")
                return [:]
            }
            return Dictionary(pairs.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        }
        return [:]
    }

    /// The value is not shown: it may be secret.
    func ignore(_ name: String, _ expectation: String) {
        warnings.append(.warning("\(name) is ignored: it \(expectation)", hint: "mend it, or unset \(name)"))
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// Nil when it is no text any more.
    var percentDecoded: String? {
        guard contains("%") else { return self }
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
