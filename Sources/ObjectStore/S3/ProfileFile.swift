/// A file of AWS profiles: `~/.aws/config` or `~/.aws/credentials`.
struct ProfileFile {
    /// By the section's name as it is written, such as `default`, `profile dev` or `services local`; then by the name
    /// of the setting. A setting inside another one has both names, joined by a dot: `s3.addressing_style`.
    private(set) var sections: [String: [String: String]] = [:]

    init() {}

    /// Lines that are no setting are passed over, as Amazon's own tools do.
    init(_ text: String) {
        var section: String?
        var outer: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let isIndented = line.first?.isWhitespace ?? false
            let line = Self.trimmed(line)
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                outer = nil
                section = line.firstIndex(of: "]").map { end in
                    line[line.index(after: line.startIndex)..<end].split(whereSeparator: \.isWhitespace)
                        .joined(separator: " ")
                }
                if let section, sections[section] == nil { sections[section] = [:] }
                continue
            }
            guard let section, let equals = line.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(line[..<equals]).lowercased()
            let value = Self.withoutComment(Self.trimmed(line[line.index(after: equals)...]))
            if isIndented, let outer {
                sections[section]?["\(outer).\(name)"] = value
            } else {
                outer = value.isEmpty ? name : nil
                sections[section]?[name] = value
            }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return text
    }

    /// A comment at the end of a line begins after white space.
    private static func withoutComment(_ value: Substring) -> String {
        var isAfterSpace = false
        for index in value.indices {
            if isAfterSpace, value[index] == "#" || value[index] == ";" { return String(trimmed(value[..<index])) }
            isAfterSpace = value[index].isWhitespace
        }
        return String(value)
    }
}

/// One profile, from both of the files.
struct S3Profile {
    let name: String
    private let config: [String: String]
    private let credentials: [String: String]
    private let services: [String: String]

    /// Nil when neither of the files has it.
    init?(_ name: String, config: ProfileFile, credentials: ProfileFile) {
        let inConfig = config.sections["profile \(name)"] ?? (name == "default" ? config.sections[name] : nil)
        let inCredentials = credentials.sections[name]
        guard inConfig != nil || inCredentials != nil else { return nil }
        self.name = name
        self.config = inConfig ?? [:]
        self.credentials = inCredentials ?? [:]
        services = inConfig?["services"].flatMap { config.sections["services \($0)"] } ?? [:]
    }

    /// What the credentials file says wins, as it does for Amazon's tools.
    subscript(_ setting: String) -> String? {
        [credentials[setting], config[setting]].compactMap(\.self).first { !$0.isEmpty }
    }

    var endpoint: String? { services["s3.endpoint_url"] ?? self["s3.endpoint_url"] ?? self["endpoint_url"] }

    /// Whether the bucket is to be in the path; nil when the profile leaves it open.
    var pathStyle: Bool? {
        switch self["s3.addressing_style"] {
        case "path": true
        case "virtual": false
        default: nil
        }
    }

    /// A way to get credentials that the profile names and that is not supported here.
    var otherSource: String? {
        let settings = [
            "credential_process", "sso_session", "sso_start_url", "role_arn", "web_identity_token_file",
            "credential_source",
        ]
        return settings.first { self[$0] != nil }
    }
}
