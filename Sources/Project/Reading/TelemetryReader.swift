/// Reads `telemetry`.
struct TelemetryReader {
    let context: ReadingContext

    func telemetry(_ entry: YAMLEntry?) -> TelemetryRules {
        var rules = TelemetryRules()
        guard let entry,
            let values = FieldValues(
                entry.value, as: FieldRegistry.telemetry, named: entry.name, at: entry.span, in: context)
        else { return rules }
        rules.traces = values.located("traces").flatMap(collector)
        rules.headers = headers(values.present("headers"))
        if let headers = values.entry("headers"), values.entry("traces") == nil {
            context.error(
                "'headers' are those of requests to 'traces', and there is none", at: headers.span,
                hint: "add 'traces: URL', or give the headers in the environment, as OTEL_EXPORTER_OTLP_HEADERS")
        }
        rules.lineage = values.present("lineage").flatMap(lineage)
        return rules
    }

    private func collector(_ written: Located<String>) -> String? {
        guard let url = webAddress(written, example: "http://localhost:4318") else { return nil }
        let base = url.droppingSlashes
        return base.hasSuffix("/v1/traces") ? base : base + "/v1/traces"
    }

    private func webAddress(_ written: Located<String>, example: String) -> String? {
        guard OrchestrationReader.isWebAddress(written.value) else {
            context.error(
                "this is no URL of a web server", at: written.span,
                hint: "it begins with https:// or http://, for example \"\(example)\"")
            return nil
        }
        return written.value
    }

    private func headers(_ entry: YAMLEntry?) -> [String: String] {
        guard let entry, let field = FieldRegistry.telemetry.field("headers") else { return [:] }
        guard let mapping = entry.value.mapping else {
            context.mismatch(field, entry.value, at: entry, hint: field.example.map { "for example 'headers: \($0)'" })
            return [:]
        }
        var headers: [String: String] = [:]
        for header in mapping {
            guard let value = context.located(header, field: Field(header.name, .text, field.doc)) else { continue }
            guard HeaderText.isName(header.name) else {
                context.error(
                    "'\(header.name)' is no name of a header", at: header.span,
                    hint: "it has letters, digits and dashes, for example x-api-key")
                continue
            }
            guard HeaderText.isValue(value.value) else {
                context.error("the value of a header is one line", at: value.span)
                continue
            }
            headers[header.name.lowercased()] = value.value
        }
        return headers
    }

    private func lineage(_ entry: YAMLEntry) -> LineageRules? {
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.lineage, named: entry.name, at: entry.span, in: context)
        else { return nil }
        let namespace = values.text("namespace")
        let key = values.located("api_key")
        if let key, !HeaderText.isValue(key.value) {
            context.error("a key is one line", at: key.span)
        }
        guard let url = values.located("url"), let place = place(url) else { return nil }
        if case .file = place, let key = values.entry("api_key") {
            context.error("'api_key' means nothing for a file", at: key.span, hint: "remove it")
        }
        return LineageRules(place: place, namespace: namespace, key: key?.value)
    }

    private func place(_ written: Located<String>) -> LineageRules.Place? {
        for scheme in ["file://", "file:"] where written.value.hasPrefix(scheme) {
            let path = String(written.value.dropFirst(scheme.count))
            guard !path.isEmpty, !path.hasSuffix("/") else {
                context.error(
                    "this names no file", at: written.span, hint: "write file:PATH, for example file:lineage.jsonl")
                return nil
            }
            return .file(path: FilePath.resolve(path, in: context.root))
        }
        guard OrchestrationReader.isWebAddress(written.value) else {
            context.error(
                "this is neither a URL of a web server nor a file", at: written.span,
                hint: "write \"http://localhost:5000\" or \"file:lineage.jsonl\"")
            return nil
        }
        return .server(url: LineageRules.endpoint(of: written.value))
    }
}

extension LineageRules {
    /// Where servers for OpenLineage take events.
    package static let usualPath = "api/v1/lineage"

    /// Where events are posted to: a URL without a path gets the usual one.
    fileprivate static func endpoint(of url: String) -> String {
        let base = url.droppingSlashes
        let host = base.firstRange(of: "://").map { base[$0.upperBound...] } ?? base[...]
        return host.contains("/") ? base : base + "/" + usualPath
    }
}

/// What may stand in the headers of a request.
package enum HeaderText {
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Nothing in it can end the header.
    package static func isValue(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 32 && $0 != 127 } }
}

extension String {
    /// Without slashes at the end.
    package var droppingSlashes: String {
        var text = self[...]
        while text.last == "/" { text.removeLast() }
        return String(text)
    }
}
