/// How to reach an S3 service: everything but the bucket.
package struct S3Configuration: Hashable, Sendable {
    package var endpoint: S3Endpoint
    package var region: String
    /// Whether the bucket is the first name of the path; otherwise it is the first name of the host.
    package var pathStyle: Bool
    package var credentials: S3Credentials
    /// Whether the endpoint is the user's, and not Amazon's.
    package var isOwnEndpoint: Bool
    /// The folder for files on their way to the bucket.
    package var temporaryFolder: String

    package init(
        endpoint: S3Endpoint? = nil, region: String = "us-east-1", pathStyle: Bool? = nil, credentials: S3Credentials,
        temporaryFolder: String = "/tmp"
    ) {
        self.endpoint = endpoint ?? .amazon(region: region)
        self.region = region
        self.pathStyle = pathStyle ?? (endpoint != nil)
        self.credentials = credentials
        self.isOwnEndpoint = endpoint != nil
        self.temporaryFolder = temporaryFolder
    }

    /// Whether this bucket is in the path: one with a dot cannot be in the host's name, because the certificate of the
    /// service would not fit.
    package func usesPath(for bucket: String) -> Bool {
        pathStyle || (endpoint.isSecure && bucket.contains(".")) || bucket != bucket.lowercased()
    }
}

/// What a project says of an S3 service; what it leaves open comes from the environment and the profile files.
package struct S3Options: Hashable, Sendable {
    /// A URL such as `http://localhost:8333`.
    package var endpoint: String?
    package var region: String?
    package var pathStyle: Bool?
    package var profile: String?

    package init(
        endpoint: String? = nil, region: String? = nil, pathStyle: Bool? = nil, profile: String? = nil
    ) {
        self.endpoint = endpoint
        self.region = region
        self.pathStyle = pathStyle
        self.profile = profile
    }
}
