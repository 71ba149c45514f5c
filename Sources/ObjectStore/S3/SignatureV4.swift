import Crypto

/// Signature Version 4 of Amazon Web Services.
///
/// Described in "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API Reference.
struct SignatureV4 {
    let credentials: S3Credentials
    let region: String
    var service = "s3"

    static let emptyPayload = hexadecimal(SHA256.hash(data: [UInt8]()))

    static func payload(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    /// The value of the header `Authorization`.
    ///
    /// - Parameters:
    ///   - path: percent-encoded already, and beginning with `/`.
    ///   - query: not encoded.
    ///   - headers: those that the signature protects, with names in lower case. `host` and `x-amz-date` must be there.
    ///   - payload: the SHA-256 of the body, in lower-case hexadecimal.
    ///   - time: that of `x-amz-date`, such as `20130524T000000Z`.
    func authorization(
        method: String, path: String, query: [(name: String, value: String)], headers: [(name: String, value: String)],
        payload: String, time: String
    ) -> String {
        let headers = headers.map { ($0.name.lowercased(), Self.folded($0.value)) }.sorted { $0.0 < $1.0 }
        let signedHeaders = headers.map(\.0).joined(separator: ";")
        let request = [
            method, path, Self.canonicalQuery(query), headers.map { "\($0.0):\($0.1)\n" }.joined(), signedHeaders,
            payload,
        ].joined(separator: "\n")
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", time, scope, Self.hexadecimal(SHA256.hash(data: Array(request.utf8))),
        ].joined(separator: "\n")
        let signature = Self.hexadecimal(Self.code(text, signingKey(day: String(time.prefix(8)))))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.keyID)/\(scope), SignedHeaders=\(signedHeaders), "
            + "Signature=\(signature)"
    }

    /// Sorted by the encoded names, then by the encoded values. It is also the query of the URL.
    static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }.sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    func signingKey(day: String) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secret)".utf8)) { Self.code($1, $0) }
    }

    private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }

    /// Without white space at the ends, and with one space for each run of it.
    private static func folded(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
