extension S3Configuration {
    /// The options of DuckDB's `CREATE SECRET … (TYPE s3, …)` with which its `httpfs` reaches the same service, each
    /// with its value as text. The values are secret: they belong into a database in memory, never into a message.
    ///
    /// - Parameter scope: the bucket: the secret is used for URLs that begin with its `s3://` one.
    package func duckDBSecret(scope bucket: String) -> [(name: String, value: String)] {
        var options = [
            ("KEY_ID", credentials.keyID),
            ("SECRET", credentials.secret),
            ("REGION", region),
            ("ENDPOINT", endpoint.authority),
            ("URL_STYLE", usesPath(for: bucket) ? "path" : "vhost"),
            ("USE_SSL", endpoint.isSecure ? "true" : "false"),
            // Without the slash the secret would also be for buckets whose names only begin with this one's.
            ("SCOPE", "s3://\(bucket)/"),
        ]
        if let token = credentials.sessionToken { options.insert(("SESSION_TOKEN", token), at: 2) }
        return options
    }
}
