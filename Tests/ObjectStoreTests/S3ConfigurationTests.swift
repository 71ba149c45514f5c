import Foundation
import Testing

@testable import ObjectStore

@Suite("The configuration of S3")
struct S3ConfigurationTests {
    private let keys = ["AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "SECRET"]

    private func resolve(
        _ options: S3Options = S3Options(), _ environment: [String: String], config: String? = nil,
        credentials: String? = nil
    ) throws -> S3Configuration {
        let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = home.appending(path: ".aws")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try config?.write(to: folder.appending(path: "config"), atomically: false, encoding: .utf8)
        try credentials?.write(to: folder.appending(path: "credentials"), atomically: false, encoding: .utf8)
        return try S3Configuration.resolve(
            options: options, environment: environment, home: home.path, bucket: "lake")
    }

    private func failure(_ body: () throws -> S3Configuration) throws -> ObjectStoreError {
        try #require(#expect(throws: ObjectStoreError.self) { _ = try body() })
    }

    @Test("without an endpoint it is Amazon's, of the region, with the bucket in the host's name")
    func amazon() throws {
        let configuration = try resolve(S3Options(), keys.merging(["AWS_REGION": "eu-central-1"]) { $1 })
        #expect(configuration.endpoint.description == "https://s3.eu-central-1.amazonaws.com")
        #expect(!configuration.usesPath(for: "lake"))
        #expect(configuration.usesPath(for: "lake.example.org"))
        #expect(configuration.credentials.keyID == "ID")
        #expect(configuration.credentials.sessionToken == nil)
        #expect(try resolve(S3Options(), keys).region == "us-east-1")
        #expect(
            try resolve(S3Options(region: "cn-north-1"), keys).endpoint.description
                == "https://s3.cn-north-1.amazonaws.com.cn")
    }

    @Test("with an endpoint the bucket is in the path, unless something says otherwise")
    func endpoint() throws {
        let configuration = try resolve(S3Options(endpoint: "http://localhost:8333/"), keys)
        #expect(configuration.endpoint.description == "http://localhost:8333")
        #expect(configuration.usesPath(for: "lake"))
        #expect(try !resolve(S3Options(endpoint: "http://h:1", pathStyle: false), keys).usesPath(for: "lake"))
    }

    @Test("the project comes before the environment, and the environment before the profile")
    func precedence() throws {
        let config = "[default]\nregion = r-profile\nendpoint_url = http://profile\n"
        let credentials = "[default]\naws_access_key_id = P\naws_secret_access_key = S\naws_session_token = T\n"
        let fromProfile = try resolve(S3Options(), [:], config: config, credentials: credentials)
        #expect(fromProfile.region == "r-profile")
        #expect(fromProfile.endpoint.host == "profile")
        #expect(
            fromProfile.credentials
                == S3Credentials(
                    keyID: "P", secret: "S", sessionToken: "T", origin: "of profile \"default\""))
        var environment = keys.merging(
            ["AWS_DEFAULT_REGION": "r-default", "AWS_ENDPOINT_URL": "http://all", "AWS_SESSION_TOKEN": "TOKEN"]
        ) { $1 }
        let fromEnvironment = try resolve(S3Options(), environment, config: config, credentials: credentials)
        #expect(fromEnvironment.region == "r-default")
        #expect(fromEnvironment.endpoint.host == "all")
        #expect(fromEnvironment.credentials.keyID == "ID")
        #expect(fromEnvironment.credentials.sessionToken == "TOKEN")
        environment["AWS_REGION"] = "r-region"
        environment["AWS_ENDPOINT_URL_S3"] = "http://s3"
        let finer = try resolve(S3Options(), environment, config: config, credentials: credentials)
        #expect(finer.region == "r-region")
        #expect(finer.endpoint.host == "s3")
        let given = try resolve(
            S3Options(endpoint: "http://project", region: "r-project", profile: "default"), environment, config: config,
            credentials: credentials)
        #expect(given.region == "r-project")
        #expect(given.endpoint.host == "project")
        #expect(given.credentials.keyID == "P")
    }

    @Test("a profile is read from both files, with comments, other profiles, services and styles")
    func profiles() throws {
        let config = """
            # of mine
            [default]
            region = wrong

            [profile dev]
            region = eu-west-1 ; near
            services = local
            s3 =
              addressing_style = virtual
              max_concurrent_requests = 20
            output = json

            [services local]
            dynamodb =
              endpoint_url = http://not-this:1
            s3 =
              endpoint_url = http://minio:9000
            """
        let credentials = "[dev]\r\naws_access_key_id=A\r\naws_secret_access_key = s#not a comment\r\n"
        let configuration = try resolve(
            S3Options(), ["AWS_PROFILE": "dev"], config: config, credentials: credentials)
        #expect(configuration.region == "eu-west-1")
        #expect(configuration.endpoint.description == "http://minio:9000")
        #expect(!configuration.usesPath(for: "lake"))
        #expect(configuration.credentials.secret == "s#not a comment")
    }

    @Test("the profile files may be elsewhere")
    func places() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try "[default]\naws_access_key_id = X\naws_secret_access_key = Y".write(
            to: file, atomically: false, encoding: .utf8)
        let configuration = try resolve(
            S3Options(),
            ["AWS_SHARED_CREDENTIALS_FILE": file.path, "AWS_CONFIG_FILE": "/nowhere", "TMPDIR": "/var/tmp"])
        #expect(configuration.credentials.keyID == "X")
        #expect(configuration.temporaryFolder == "/var/tmp")
    }

    @Test("missing credentials are told with what to set")
    func missing() throws {
        let nothing = try failure { try resolve(S3Options(), [:]) }
        #expect(nothing.code == .badCredentials)
        #expect(
            nothing.description
                == "no credentials for bucket \"lake\"; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them "
                + "into ~/.aws/credentials: s3://lake")
        let half = try failure { try resolve(S3Options(), ["AWS_ACCESS_KEY_ID": "A"]) }
        #expect(half.message == "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
        let other = try failure {
            try resolve(S3Options(), ["AWS_PROFILE": "work"], config: "[profile work]\nsso_session = corp\n")
        }
        #expect(other.message.contains("sso_session"))
        #expect(other.message.contains("aws configure export-credentials --profile work"))
        let unknown = try failure { try resolve(S3Options(profile: "nobody"), keys, config: "[default]\n") }
        #expect(unknown.code == .invalidConfiguration)
        #expect(unknown.message.hasPrefix("there is no profile \"nobody\" in "))
    }

    @Test(
        "an endpoint that is none is refused",
        arguments: [
            "localhost:8333", "ftp://x", "http://", "http://a/b", "http://a:0", "http://a:99999", "http://a:b",
            "http://a b", "http://u:hidden@h",
        ])
    func badEndpoints(url: String) throws {
        let error = try failure { try resolve(S3Options(endpoint: url), keys) }
        #expect(error.code == .invalidConfiguration)
        #expect(!error.message.contains("hidden"))
    }

    @Test("endpoints in brackets and with the scheme's own port")
    func endpoints() {
        #expect(S3Endpoint("http://[::1]:8333")?.authority == "[::1]:8333")
        #expect(S3Endpoint("https://h:443")?.authority == "h")
        #expect(S3Endpoint("HTTP://h:80")?.authority == "h")
        #expect(S3Endpoint("http://h:443")?.authority == "h:443")
    }

    @Test("no text of a configuration shows a secret")
    func redaction() {
        let configuration = S3Configuration(
            credentials: S3Credentials(keyID: "KEYID", secret: "HUSH", sessionToken: "TOKEN", origin: "given"))
        let bucket = S3Bucket(S3Location(bucket: "lake"), configuration)
        var dumped = ""
        dump(bucket, to: &dumped)
        dump(configuration, to: &dumped)
        for text in [
            "\(configuration)", String(reflecting: configuration), "\(bucket)", String(reflecting: bucket), dumped,
        ] {
            #expect(!text.contains("HUSH"))
            #expect(!text.contains("TOKEN"))
            #expect(!text.contains("KEYID"))
        }
        #expect(configuration.credentials.redacting("a HUSH of TOKEN") == "a *** of ***")
    }

    @Test("DuckDB's secret says the same")
    func duckDB() {
        let own = S3Configuration(
            endpoint: S3Endpoint("http://h:8333"), region: "r",
            credentials: S3Credentials(keyID: "K", secret: "S", sessionToken: "T"))
        #expect(
            own.duckDBSecret(scope: "lake").map { "\($0.name)=\($0.value)" } == [
                "KEY_ID=K", "SECRET=S", "SESSION_TOKEN=T", "REGION=r", "ENDPOINT=h:8333", "URL_STYLE=path",
                "USE_SSL=false", "SCOPE=s3://lake/",
            ])
        let amazon = S3Configuration(region: "eu-west-1", credentials: S3Credentials(keyID: "K", secret: "S"))
        #expect(
            amazon.duckDBSecret(scope: "lake").map { "\($0.name)=\($0.value)" } == [
                "KEY_ID=K", "SECRET=S", "REGION=eu-west-1", "ENDPOINT=s3.eu-west-1.amazonaws.com", "URL_STYLE=vhost",
                "USE_SSL=true", "SCOPE=s3://lake/",
            ])
    }

    @Test("locations are taken apart, and what is none is refused")
    func locations() throws {
        let location = try #require(S3Location(url: "s3://lake/a/b/"))
        #expect(location.bucket == "lake")
        #expect(location.prefix.text == "a/b")
        #expect(location.description == "s3://lake/a/b")
        #expect(S3Location(url: "s3a://lake")?.description == "s3://lake")
        #expect(S3Location(url: "s3://lake/")?.prefix == .root)
        for url in [
            "s3://", "s3:///a", "s3://lake//", "s3://lake/../x", "s3://la ke", "s3://u@h/x", "/lake", "http://h/b",
        ] {
            #expect(S3Location(url: url) == nil, "\(url)")
        }
        let store = S3Bucket(location, S3Configuration(credentials: S3Credentials(keyID: "K", secret: "S")))
        #expect(store.location(of: .root) == "s3://lake/a/b")
        #expect(store.location(of: try #require(ObjectPath("t/x y.parquet"))) == "s3://lake/a/b/t/x y.parquet")
    }
}
