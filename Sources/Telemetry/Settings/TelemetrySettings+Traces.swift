import Project

/// The variables are those of OpenTelemetry's specification, "SDK environment variables" and "OTLP exporter".
extension TelemetrySettings {
    static let usualCollector = "http://localhost:4318"

    static func traces(_ rules: TelemetryRules, _ environment: EnvironmentReader) -> Traces? {
        guard !environment.isTrue("OTEL_SDK_DISABLED") else { return nil }
        var isWanted = false
        if let exporters = environment.text("OTEL_TRACES_EXPORTER") {
            let names = exporters.value.lowercased().split(separator: ",").map { String($0).trimmed }
            if names == ["none"] { return nil }
            isWanted = names.contains("otlp")
            if !isWanted { environment.ignore(exporters.name, "is 'otlp' or 'none' here") }
        }
        guard let place = place(rules, environment, isWanted: isWanted) else { return nil }
        let form = form(environment)
        let headers = place.headers.merging(
            environment.headers("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
        ) { $1 }
        var attributes = environment.pairs("OTEL_RESOURCE_ATTRIBUTES")
        let named = attributes.last { $0.name == "service.name" }?.value
        attributes.removeAll { $0.name == "service.name" }
        let capacity = environment.number("OTEL_BSP_MAX_QUEUE_SIZE", min: 1) ?? 2048
        return Traces(
            address: HTTPReceiver.Address(url: place.url, headers: headers, contentType: form.contentType), form: form,
            sampler: sampler(environment), service: environment.text("OTEL_SERVICE_NAME")?.value ?? named ?? "millrace",
            attributes: attributes, rules: deliveryRules(environment, capacity: capacity), capacity: capacity)
    }

    /// The URL, and the headers that the project has for it: they are for no other.
    private static func place(
        _ rules: TelemetryRules, _ environment: EnvironmentReader, isWanted: Bool
    ) -> (url: String, headers: [String: String])? {
        if let url = environment.url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            // Used as it is, but a request always has a path.
            let hasPath = url.firstRange(of: "://").map { url[$0.upperBound...].contains("/") } ?? false
            return (hasPath ? url : url + "/", [:])
        }
        if let url = environment.url("OTEL_EXPORTER_OTLP_ENDPOINT") { return (url.droppingSlashes + "/v1/traces", [:]) }
        if let url = rules.traces { return (url, rules.headers) }
        return isWanted ? (usualCollector + "/v1/traces", [:]) : nil
    }

    private static func form(_ environment: EnvironmentReader) -> TraceEncoding.Form {
        guard let protocolName = environment.text("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
        else { return .protobuf }
        if let form = TraceEncoding.Form(rawValue: protocolName.value.lowercased()) { return form }
        environment.ignore(
            protocolName.name, "is http/protobuf or http/json here, which collectors take at port 4318 (not 4317)")
        return .protobuf
    }

    private static func sampler(_ environment: EnvironmentReader) -> Sampler {
        guard let name = environment.text("OTEL_TRACES_SAMPLER") else { return .everything }
        let argument = environment.text("OTEL_TRACES_SAMPLER_ARG")?.value
        if let sampler = Sampler(name.value.lowercased(), argument: argument) { return sampler }
        environment.ignore(
            name.name, "is always_on, always_off or traceidratio here, each also with 'parentbased_' before it")
        return .everything
    }

    private static func deliveryRules(_ environment: EnvironmentReader, capacity: Int) -> Courier.Rules {
        var rules = Courier.Rules(thing: "span")
        rules.together = min(environment.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", min: 1) ?? 512, capacity)
        rules.lag = .milliseconds(max(100, environment.number("OTEL_BSP_SCHEDULE_DELAY", min: 0) ?? 5000))
        if let time = environment.number("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT", min: 1) {
            rules.timeout = .milliseconds(time)
        }
        if let time = environment.number("OTEL_BSP_EXPORT_TIMEOUT", min: 1) {
            rules.lastWait = .milliseconds(time)
            rules.lastWaitInTrouble = min(rules.lastWait, rules.lastWaitInTrouble)
        }
        return rules
    }
}
