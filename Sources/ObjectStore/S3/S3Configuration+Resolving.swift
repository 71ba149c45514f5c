extension S3Configuration {
    /// What the options say; then the variables of the environment; then the profile. A profile that the options name
    /// comes before the environment's credentials.
    ///
    /// The variables are those of Amazon's tools: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
    /// `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_PROFILE`,
    /// `AWS_SHARED_CREDENTIALS_FILE`, `AWS_CONFIG_FILE`; and `TMPDIR`.
    ///
    /// - Parameters:
    ///   - home: the user's folder, in which `.aws` is.
    ///   - bucket: for the messages.
    /// - Throws: `badCredentials` when there are none, `invalidConfiguration` when something cannot be used.
    package static func resolve(
        options: S3Options = S3Options(), environment: [String: String], home: String?, bucket: String
    ) throws(ObjectStoreError) -> S3Configuration {
        let sources = Sources(environment: environment, home: home, bucket: bucket)
        let profile = try sources.profile(named: options.profile)
        let region =
            options.region ?? sources["AWS_REGION"] ?? sources["AWS_DEFAULT_REGION"] ?? profile?["region"]
            ?? "us-east-1"
        guard !region.isEmpty, region.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw sources.invalid("the region \"\(region)\" is not the name of one")
        }
        let url =
            options.endpoint ?? sources["AWS_ENDPOINT_URL_S3"] ?? sources["AWS_ENDPOINT_URL"] ?? profile?.endpoint
        var endpoint: S3Endpoint?
        if let url {
            endpoint = S3Endpoint(url)
            guard endpoint != nil else {
                // Whoever writes a password into a URL shall not find it in a log.
                throw sources.invalid(
                    "the endpoint \(url.contains("@") ? "" : "\"\(url)\" ")is not a URL such as https://host or "
                        + "http://host:8333")
            }
        }
        return S3Configuration(
            endpoint: endpoint, region: region, pathStyle: options.pathStyle ?? profile?.pathStyle,
            credentials: try sources.credentials(profile, comesFirst: options.profile != nil),
            temporaryFolder: sources["TMPDIR"] ?? "/tmp")
    }

    private struct Sources {
        let environment: [String: String]
        let home: String?
        let bucket: String

        subscript(_ variable: String) -> String? { environment[variable].flatMap { $0.isEmpty ? nil : $0 } }

        func invalid(_ message: String) -> ObjectStoreError {
            ObjectStoreError(code: .invalidConfiguration, path: "s3://\(bucket)", message: message)
        }

        func profile(named name: String?) throws(ObjectStoreError) -> S3Profile? {
            let config = try file("AWS_CONFIG_FILE", "config")
            let credentials = try file("AWS_SHARED_CREDENTIALS_FILE", "credentials")
            let wanted = name ?? self["AWS_PROFILE"]
            let profile = S3Profile(
                wanted ?? "default", config: config ?? ProfileFile(), credentials: credentials ?? ProfileFile())
            if let wanted, profile == nil {
                throw invalid(
                    "there is no profile \"\(wanted)\" in \(place("AWS_CONFIG_FILE", "config") ?? "~/.aws/config") or "
                        + "\(place("AWS_SHARED_CREDENTIALS_FILE", "credentials") ?? "~/.aws/credentials")"
                        + (name == nil ? " (AWS_PROFILE names it)" : ""))
            }
            return profile
        }

        private func place(_ variable: String, _ name: String) -> String? {
            if let path = self[variable] {
                return path.hasPrefix("~/") ? home.map { $0 + path.dropFirst() } ?? path : path
            }
            return home.map { "\($0)/.aws/\(name)" }
        }

        private func file(_ variable: String, _ name: String) throws(ObjectStoreError) -> ProfileFile? {
            guard let place = place(variable, name) else { return nil }
            let bytes: [UInt8]
            do {
                let file = try OpenFile(place, OpenFile.reading)
                defer { file.close() }
                bytes = try file.read(limit: 1 << 20)
            } catch {
                if error.code == .notFound || error.code == .notAFolder { return nil }
                throw error
            }
            return ProfileFile(String(decoding: bytes, as: UTF8.self))
        }

        func credentials(_ profile: S3Profile?, comesFirst: Bool) throws(ObjectStoreError) -> S3Credentials {
            let fromProfile = try credentials(profile)
            if comesFirst, let fromProfile { return fromProfile }
            let isOtherwise = comesFirst && profile?.otherSource != nil
            switch (self["AWS_ACCESS_KEY_ID"], self["AWS_SECRET_ACCESS_KEY"]) {
            case (let keyID?, let secret?) where !isOtherwise:
                return S3Credentials(
                    keyID: keyID, secret: secret, sessionToken: self["AWS_SESSION_TOKEN"],
                    origin: "from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            case (_?, nil) where fromProfile == nil:
                throw missing("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
            case (nil, _?) where fromProfile == nil:
                throw missing("AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not")
            default: break
            }
            if let fromProfile { return fromProfile }
            if let profile, let source = profile.otherSource {
                throw missing(
                    "profile \"\(profile.name)\" gets its credentials by \(source), which Millrace does not support; "
                        + "put them into the environment: "
                        + "eval \"$(aws configure export-credentials --profile \(profile.name) --format env)\"")
            }
            let place = profile.map { "profile \"\($0.name)\" has no aws_access_key_id and aws_secret_access_key" }
            throw missing(
                "no credentials for bucket \"\(bucket)\"\(place.map { ": \($0)" } ?? "")"
                    + "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them into ~/.aws/credentials")
        }

        private func credentials(_ profile: S3Profile?) throws(ObjectStoreError) -> S3Credentials? {
            guard let profile else { return nil }
            switch (profile["aws_access_key_id"], profile["aws_secret_access_key"]) {
            case (let keyID?, let secret?):
                return S3Credentials(
                    keyID: keyID, secret: secret, sessionToken: profile["aws_session_token"],
                    origin: "of profile \"\(profile.name)\"")
            case (nil, nil): return nil
            case (_?, nil): throw missing("profile \"\(profile.name)\" has no aws_secret_access_key")
            case (nil, _?): throw missing("profile \"\(profile.name)\" has no aws_access_key_id")
            }
        }

        private func missing(_ message: String) -> ObjectStoreError {
            ObjectStoreError(code: .badCredentials, path: "s3://\(bucket)", message: message)
        }
    }
}
