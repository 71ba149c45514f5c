/// Where runs are told of: `telemetry`. Nothing unless the user says so.
package struct TelemetryRules: Sendable, Equatable {
    /// The URL of a collector for OTLP over HTTP, with the path for traces.
    package var traces: String?
    /// Headers of the requests to that URL.
    package var headers: [String: String]
    package var lineage: LineageRules?

    package init(traces: String? = nil, headers: [String: String] = [:], lineage: LineageRules? = nil) {
        self.traces = traces
        self.headers = headers
        self.lineage = lineage
    }
}

/// Where OpenLineage events go: `telemetry.lineage`.
package struct LineageRules: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
        /// The URL to which each event is posted.
        case server(url: String)
        /// The absolute path of a file that gets one event a line.
        case file(path: String)
    }

    package var place: Place
    package var namespace: String?
    package var key: String?

    package init(place: Place, namespace: String? = nil, key: String? = nil) {
        self.place = place
        self.namespace = namespace
        self.key = key
    }
}
