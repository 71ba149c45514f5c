import Foundation
import SparkConnect
import Testing

@Suite("Connection strings")
struct SparkEndpointTests {
    @Test("host and port may stand alone, with or without a slash")
    func plain() throws {
        for text in [
            "sc://spark.internal", "sc://spark.internal/", "SC://spark.internal:15002", "sc://spark.internal;",
        ] {
            let endpoint = try SparkEndpoint(reading: text)
            #expect(endpoint.address == "spark.internal:15002")
            #expect(!endpoint.usesTLS && endpoint.token == nil && endpoint.headers.isEmpty)
        }
        #expect(try SparkEndpoint(reading: "sc://10.0.0.1:443").port == 443)
    }

    @Test("all parameters, decoded, and any other one as a header")
    func parameters() throws {
        let id = "01234567-89AB-CDEF-0123-456789ABCDEF"
        let endpoint = try SparkEndpoint(
            reading: "sc://spark.internal:1/;use_ssl=TRUE;token=a%3Bb=%3d;user_id=J%C3%B6rg;user_agent=my%20tool;"
                + "session_id=\(id);X-Team=data%20%2F%20one;x.y_z=")
        #expect(endpoint.usesTLS)
        #expect(endpoint.token == "a;b==")
        #expect(endpoint.userID == "Jörg")
        #expect(endpoint.userAgent == "my tool")
        #expect(endpoint.sessionID == UUID(uuidString: id))
        #expect(endpoint.headers == ["x-team": "data / one", "x.y_z": ""])
    }

    @Test("IPv6 addresses stand in brackets")
    func addresses() throws {
        let endpoint = try SparkEndpoint(reading: "sc://[::1]:7/;token=t")
        #expect(endpoint.host == "::1" && endpoint.port == 7 && endpoint.address == "[::1]:7")
        #expect(!endpoint.usesTLS)
        #expect(try SparkEndpoint(reading: "sc://[2001:db8::2]").port == 15_002)
    }

    @Test(
        "a token means TLS, unless the host is this machine",
        arguments: [
            ("localhost", false), ("127.0.0.1", false), ("127.9.9.9", false), ("[::1]", false), ("128.0.0.1", true),
            ("127.0.0.1.example.com", true), ("127.0.0.999", true), ("spark", true),
        ])
    func tokens(host: String, usesTLS: Bool) throws {
        #expect(try SparkEndpoint(reading: "sc://\(host)/;token=t").usesTLS == usesTLS)
    }

    @Test("a token is not sent in the open")
    func openTokens() async throws {
        #expect(throws: SparkEndpointError.self) {
            try SparkEndpoint(reading: "sc://spark.internal/;token=t0k;use_ssl=false")
        }
        #expect(try !SparkEndpoint(reading: "sc://localhost/;token=t;use_ssl=false").usesTLS)
        let error = await #expect(throws: SparkError.self) {
            _ = try await SparkSession.open(SparkEndpoint(host: "spark.internal", token: "t0k"))
        }
        #expect(error?.code == .invalid)
    }

    @Test(
        "what is wrong is said, without values",
        arguments: [
            ("http://x", "sc://"), ("sc://", "host"), ("sc://:15002", "host"), ("sc:///;a=b", "host"),
            ("sc://a b", "host"),
            ("sc://me@x", "user"), ("sc://x:0", "port"), ("sc://x:65536", "port"), ("sc://x:y", "port"),
            ("sc://x:", "port"),
            ("sc://::1", "brackets"), ("sc://[::1", "bracket"), ("sc://[::1]x", "]"), ("sc://[spark]", "IPv6"),
            ("sc://x/path;a=b", "parameters"), ("sc://x?a=b", "parameters"), ("sc://x/;token", "NAME=VALUE"),
            ("sc://x/;=s3cr3t", "NAME=VALUE"), ("sc://x/;use_ssl=s3cr3t", "use_ssl"), ("sc://x/;token=", "token"),
            ("sc://x/;token=s3cr3t%zz", "token"), ("sc://x/;token=s3cr3t%0A", "token"), ("sc://x/;user_id=", "user_id"),
            ("sc://x/;session_id=s3cr3t", "session_id"), ("sc://x/;a=1;a=2", "twice"), ("sc://x/;a%20b=1", "header"),
            ("sc://x/;a-bin=s3cr3t", "a-bin"), ("sc://x/;grpc-timeout=1", "grpc-"), ("sc://x/;h=s3cr3t%00", "h has"),
            ("sc://x/;user_agent=" + String(repeating: "s3cr3t", count: 400), "user_agent"),
        ])
    func wrong(text: String, hint: String) {
        let error = #expect(throws: SparkEndpointError.self) { try SparkEndpoint(reading: text) }
        #expect(error?.description.contains(hint) == true)
        #expect(error?.description.contains("s3cr3t") == false)
    }

    @Test("the token is in no description or dump")
    func secrets() throws {
        let endpoint = try SparkEndpoint(reading: "sc://spark.internal/;token=s3cr3t")
        var dumped = ""
        dump(endpoint, to: &dumped)
        for text in ["\(endpoint)", String(reflecting: endpoint), dumped, "\([endpoint])"] {
            #expect(!text.contains("s3cr3t"))
        }
    }
}
