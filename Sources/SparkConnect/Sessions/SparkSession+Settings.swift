import SparkConnectProtocol

/// The session's settings, such as `spark.sql.session.timeZone`.
extension SparkSession {
    /// The value of a setting, or its default; nil when it has neither.
    package func setting(_ key: String) async throws -> String? { try await settings([key])[key] ?? nil }

    package func settings(_ keys: [String]) async throws -> [String: String?] {
        var operation = ConnectConfigRequest.Operation()
        operation.getOption.keys = keys
        return Dictionary(
            try await configure(operation).pairs.map { ($0.key, $0.hasValue ? $0.value : nil) },
            uniquingKeysWith: { $1 })
    }

    /// - Throws: `SparkError` for a setting that cannot be changed while the server runs.
    package func set(_ settings: [String: String]) async throws {
        var operation = ConnectConfigRequest.Operation()
        operation.set.pairs = settings.sorted { $0.key < $1.key }.map { key, value in
            var pair = ConnectKeyValue()
            pair.key = key
            pair.value = value
            return pair
        }
        _ = try await configure(operation)
    }

    package func unset(_ keys: [String]) async throws {
        var operation = ConnectConfigRequest.Operation()
        operation.unset.keys = keys
        _ = try await configure(operation)
    }

    /// Whether a setting can be changed while the server runs.
    package func isModifiable(_ key: String) async throws -> Bool {
        var operation = ConnectConfigRequest.Operation()
        operation.isModifiable.keys = [key]
        return try await configure(operation).pairs.first { $0.key == key }?.value == "true"
    }

    private func configure(_ operation: ConnectConfigRequest.Operation) async throws -> ConnectConfigResponse {
        var request = ConnectConfigRequest()
        request.operation = operation
        return try await call("Config", request)
    }
}
