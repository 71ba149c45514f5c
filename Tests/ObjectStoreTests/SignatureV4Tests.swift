import Testing

@testable import ObjectStore

/// The examples of "Authenticating Requests: Using the Authorization Header" in the Amazon S3 API Reference, and of
/// "Create a signed AWS API request" in the IAM User Guide.
@Suite("Signature Version 4")
struct SignatureV4Tests {
    private let signature = SignatureV4(
        credentials: S3Credentials(
            keyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")
    private let time = "20130524T000000Z"

    private func sign(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], payload: String = SignatureV4.emptyPayload
    ) -> String {
        signature.authorization(
            method: method, path: path, query: query,
            headers: headers + [
                ("host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", payload), ("x-amz-date", time),
            ], payload: payload, time: time)
    }

    @Test("a GET with a range")
    func range() {
        #expect(
            sign("GET", "/test.txt", headers: [("Range", "bytes=0-9")])
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test("a PUT with a body and a key that is encoded")
    func put() {
        let payload = SignatureV4.payload(Array("Welcome to Amazon S3.".utf8))
        #expect(payload == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        let path = "/" + PercentEncoding.encode("test$file.text", keepsSlash: true)
        #expect(path == "/test%24file.text")
        let authorization = sign(
            "PUT", path,
            headers: [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            payload: payload)
        #expect(
            authorization.hasSuffix(
                "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, "
                    + "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
    }

    @Test("a query without a value, and one with several")
    func query() {
        #expect(
            sign("GET", "/", query: [("lifecycle", "")]).hasSuffix(
                "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
        #expect(
            sign("GET", "/", query: [("prefix", "J"), ("max-keys", "2")]).hasSuffix(
                "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
    }

    @Test("the plainest request of another service")
    func vanilla() {
        let signature = SignatureV4(
            credentials: S3Credentials(keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let authorization = signature.authorization(
            method: "GET", path: "/", query: [],
            headers: [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")],
            payload: SignatureV4.emptyPayload, time: "20150830T123600Z")
        #expect(
            authorization.hasSuffix("Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"))
    }

    @Test("the signing key of a day")
    func signingKey() {
        let signature = SignatureV4(
            credentials: S3Credentials(keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "iam")
        let key = SignatureV4.hexadecimal(signature.signingKey(day: "20150830"))
        #expect(key == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")
    }

    @Test(
        "every byte but the unreserved ones is encoded",
        arguments: [
            ("a b", "a%20b"), ("a+b", "a%2Bb"), ("ü", "%C3%BC"), ("a/b", "a/b"), ("-._~", "-._~"), ("%", "%25"),
            ("*'()!", "%2A%27%28%29%21"), ("=&?#", "%3D%26%3F%23"), ("\n", "%0A"),
        ])
    func encoding(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text, keepsSlash: true) == encoded)
        #expect(PercentEncoding.decodeForm(encoded) == text)
    }

    @Test("a query is sorted by its encoded names, then by its encoded values")
    func queryOrder() {
        #expect(
            SignatureV4.canonicalQuery([("b", "2"), ("a", "é"), ("a", "z"), ("A", "/"), ("-", "")])
                == "-=&A=%2F&a=%C3%A9&a=z&b=2")
    }

    @Test(
        "times are written and read as S3 does",
        arguments: [
            (1_369_353_600_000, "20130524T000000Z", "Fri, 24 May 2013 00:00:00 GMT", "2013-05-24T00:00:00.000Z"),
            (951_782_399_000, "20000228T235959Z", "Mon, 28 Feb 2000 23:59:59 GMT", "2000-02-28T23:59:59Z"),
            (951_868_800_000, "20000301T000000Z", "Wed, 01 Mar 2000 00:00:00 GMT", "2000-03-01T00:00:00.0Z"),
            (4_107_542_399_000, "21000228T235959Z", "Sun, 28 Feb 2100 23:59:59 GMT", "2100-02-28T23:59:59.000000Z"),
            (0, "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00.000Z"),
        ])
    func times(milliseconds: Int, basic: String, header: String, listing: String) {
        #expect(S3Time.basic(milliseconds) == basic)
        #expect(S3Time.parseHeader(header) == milliseconds)
        #expect(S3Time.parse(listing) == milliseconds)
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", "2013-05-24", "2013-05-24T00:00:00", "2013-13-24T00:00:00Z", "2013-05-24T00:00:00.xZ",
            "20a3-05-24T00:00:00Z", "2013-05-24T00:00:00.Z", "2013-05-24 00:00:00.000Z",
        ])
    func noTimes(text: String) {
        #expect(S3Time.parse(text) == nil)
        #expect(S3Time.parseHeader(text) == nil)
    }
}
