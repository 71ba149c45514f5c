import Project
import Recording

/// The variables are those of OpenLineage's Python client, as far as they mean something here.
extension TelemetrySettings {
    static let usualNamespace = "millrace"

    static func lineage(_ rules: LineageRules?, _ environment: EnvironmentReader, root: String) -> Lineage? {
        guard !environment.isTrue("OPENLINEAGE_DISABLED"), let place = place(rules, environment, root: root) else {
            return nil
        }
        var delivery = Courier.Rules(thing: "event")
        delivery.abreast = 8
        delivery.timeout = .seconds(5)
        if let seconds = environment.text("OPENLINEAGE__TRANSPORT__TIMEOUT") {
            if let seconds = Double(seconds.value), (0.001...3600).contains(seconds) {
                delivery.timeout = .milliseconds(Int(seconds * 1000))
            } else {
                environment.ignore(seconds.name, "is a number of seconds")
            }
        }
        return Lineage(
            place: place,
            namespace: environment.text("OPENLINEAGE_NAMESPACE")?.value ?? rules?.namespace ?? usualNamespace,
            parent: parent("OPENLINEAGE_PARENT_ID", environment),
            root: parent("OPENLINEAGE_ROOT_PARENT_ID", environment),
            rules: delivery)
    }

    private static func parent(_ name: String, _ environment: EnvironmentReader) -> ParentJob? {
        guard let text = environment.text(name) else { return nil }
        let parent = ParentJob(text.value)
        if parent == nil { environment.ignore(name, "is NAMESPACE/JOB/RUN, the last a UUID") }
        return parent
    }

    private static func place(
        _ rules: LineageRules?, _ environment: EnvironmentReader, root: String
    ) -> Lineage.Place? {
        if let type = environment.text("OPENLINEAGE__TRANSPORT__TYPE") {
            switch type.value.lowercased() {
            case "noop": return nil
            case "console": return .lines(path: nil)
            case "file":
                if let path = environment.text("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH")?.value {
                    return .lines(path: path.hasPrefix("/") ? path : root + "/" + path)
                }
                environment.ignore(type.name, "needs OPENLINEAGE__TRANSPORT__LOG_FILE_PATH beside 'file'")
            case "http", "async_http": break
            default: environment.ignore(type.name, "is http, file, console or noop here")
            }
        }
        for name in ["OPENLINEAGE__TRANSPORT__URL", "OPENLINEAGE_URL"] {
            guard let url = environment.url(name) else { continue }
            let path = environment.text("OPENLINEAGE__TRANSPORT__ENDPOINT", "OPENLINEAGE_ENDPOINT")?.value
            return .server(address(url: endpoint(url, path), key: key(environment)))
        }
        switch rules?.place {
        case .server(let url): return .server(address(url: url, key: key(environment) ?? rules?.key))
        case .file(let path): return .lines(path: path)
        case nil: return nil
        }
    }

    private static func endpoint(_ url: String, _ path: String?) -> String {
        let (base, path) = (url.droppingSlashes, (path ?? LineageRules.usualPath).drop { $0 == "/" })
        return base.hasSuffix("/" + path) ? base : base + "/" + path
    }

    private static func address(url: String, key: String?) -> HTTPReceiver.Address {
        HTTPReceiver.Address(
            url: url, headers: key.map { ["authorization": "Bearer \($0)"] } ?? [:], contentType: "application/json")
    }

    private static func key(_ environment: EnvironmentReader) -> String? {
        if let text = environment.text("OPENLINEAGE__TRANSPORT__AUTH") {
            let json = JSON(reading: text.value)
            if let key = (json?["apiKey"] ?? json?["api_key"])?.asString, HeaderText.isValue(key) { return key }
            environment.ignore(text.name, "is {\"type\": \"api_key\", \"apiKey\": \"…\"}")
        }
        let names = [
            "OPENLINEAGE__TRANSPORT__AUTH__APIKEY", "OPENLINEAGE__TRANSPORT__AUTH__API_KEY", "OPENLINEAGE_API_KEY",
        ]
        for name in names {
            guard let key = environment.text(name)?.value else { continue }
            if HeaderText.isValue(key) { return key }
            environment.ignore(name, "is one line")
        }
        return nil
    }
}
