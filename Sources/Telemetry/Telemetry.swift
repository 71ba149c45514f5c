package import Millrace
package import Project
package import Running

/// Tells one run to the receivers that its project or the environment names: traces to an OpenTelemetry collector,
/// events to a server for OpenLineage. A receiver that is away, slow or refuses fails no run, and holds none up.
package struct Telemetry: Sendable {
    package struct Program: Sendable {
        /// The version of Millrace.
        package var version: String
        /// The version of DuckDB, once it was opened.
        package var duckDB: @Sendable () -> String
        /// The engine that the run was told to use; nil means the project's.
        package var engine: String?
        package var host: String?
        package var process: Int

        package init(
            version: String, duckDB: @escaping @Sendable () -> String, engine: String? = nil, host: String?,
            process: Int
        ) {
            self.version = version
            self.duckDB = duckDB
            self.engine = engine
            self.host = host
            self.process = process
        }
    }

    /// To be handed to the run.
    package private(set) var recorders: [any RunRecorder] = []
    /// What is wrong with the environment.
    package let warnings: [Diagnostic]
    private var couriers: [Courier] = []
    private var receivers: [HTTPReceiver] = []
    private let redaction: Redaction

    /// - Parameter columns: what the columns of the project's datasets are made from; asked only when somebody is told.
    package init(
        _ project: Project, environment: [String: String], program: Program,
        columns: () async -> ProjectLineage? = { nil }
    ) async {
        let settings = TelemetrySettings(project.telemetry, environment: environment, root: project.root)
        warnings = settings.warnings
        redaction = project.redaction
        if let traces = settings.traces { add(traces, project, TraceContext(environment), program) }
        if let lineage = settings.lineage { add(lineage, project, program, await columns()) }
    }

    private mutating func add(
        _ traces: TelemetrySettings.Traces, _ project: Project, _ parent: TraceContext?, _ program: Program
    ) {
        let encoding = TraceEncoding(
            form: traces.form, resource: Self.resource(traces, program), millrace: program.version)
        let outbox = Outbox(capacity: traces.capacity, threshold: traces.rules.together)
        recorders.append(
            TraceRecorder(
                RunTrace(project: project, engine: program.engine, parent: parent, sampler: traces.sampler),
                encoding: encoding, outbox: outbox)
        )
        // Those that the protocol names.
        let receiver = HTTPReceiver(
            traces.address, passing: [429, 502, 503, 504], understand: { encoding.refused(in: $0) })
        receivers.append(receiver)
        couriers.append(
            Courier(
                outbox, to: traces.address.shown, by: receiver, rules: traces.rules,
                envelope: { encoding.request($0) }))
    }

    private static func resource(_ traces: TelemetrySettings.Traces, _ program: Program) -> [Span.Attribute] {
        var own: [Span.Attribute] = [
            ("service.name", .text(traces.service)), ("service.version", .text(program.version)),
            ("telemetry.sdk.name", .text("millrace")), ("telemetry.sdk.language", .text("swift")),
            ("telemetry.sdk.version", .text(program.version)), ("process.pid", .int(program.process)),
        ]
        if let host = program.host { own.append(("host.name", .text(host))) }
        // What the user says wins.
        let given = Dictionary(traces.attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return own.filter { given[$0.key] == nil } + given.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) }
    }

    private mutating func add(
        _ lineage: TelemetrySettings.Lineage, _ project: Project, _ program: Program, _ columns: ProjectLineage?
    ) {
        let outbox = Outbox(capacity: 4096, threshold: 1)
        recorders.append(
            LineageRecorder(
                RunLineage(
                    project: project, settings: lineage,
                    identity: RunLineage.Identity(
                        millrace: program.version, duckDB: program.duckDB, engine: program.engine), columns: columns),
                outbox: outbox))
        var rules = lineage.rules
        let transport: any LetterTransport
        let shown: String
        switch lineage.place {
        case .server(let address):
            let receiver = HTTPReceiver(address, passing: [408, 429, 500, 502, 503, 504])
            receivers.append(receiver)
            (transport, shown) = (receiver, address.shown)
        case .lines(let path):
            // In the order in which things happen.
            rules.abreast = 1
            (transport, shown) = (LineReceiver(path: path), path ?? "standard error")
        }
        couriers.append(Courier(outbox, to: shown, by: transport, rules: rules, envelope: { $0.first ?? [] }))
    }

    /// Does the work, which uses the recorders, and meanwhile and a little longer delivers what they have to tell.
    /// - Parameter tell: gets what did not arrive: one warning for each receiver.
    package func during<Result: Sendable>(
        _ work: () async throws -> Result, tell: ([Diagnostic]) -> Void
    ) async throws -> Result {
        guard !couriers.isEmpty else { return try await work() }
        let result = await withTaskGroup(of: Bool.self) { group in
            for courier in couriers {
                group.addTask {
                    await courier.run()
                    return true
                }
            }
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await work())
            } catch {
                result = .failure(error)
            }
            let patience = couriers.map(\.lastWait).max() ?? .zero
            for courier in couriers { courier.outbox.close() }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            var left = couriers.count
            while left > 0, await group.next() == true { left -= 1 }
            group.cancelAll()
            return result
        }
        for receiver in receivers { await receiver.close() }
        tell(losses)
        return try result.get()
    }

    private var losses: [Diagnostic] {
        couriers.compactMap { courier in
            courier.loss.map { loss in
                let thing = courier.rules.thing + (loss.count == 1 ? "" : "s")
                return .warning(
                    redaction.redact("\(loss.count) \(thing) did not reach \(courier.receiver): \(loss.reason)"),
                    hint: courier.rules.thing == "span"
                        ? "the run is not affected; 'telemetry.traces' or OTEL_EXPORTER_OTLP_ENDPOINT says where they go"
                        : "the run is not affected; 'telemetry.lineage' or OPENLINEAGE_URL says where they go")
            }
        }
    }
}
