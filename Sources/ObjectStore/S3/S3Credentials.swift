/// What requests are signed with. Its texts tell where it came from and never what it is.
package struct S3Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let keyID: String
    package let secret: String
    /// Of temporary credentials.
    package let sessionToken: String?
    /// Where they were found, in words that follow "the credentials".
    package let origin: String

    package init(keyID: String, secret: String, sessionToken: String? = nil, origin: String = "given") {
        self.keyID = keyID
        self.secret = secret
        self.sessionToken = sessionToken
        self.origin = origin
    }

    package var description: String { "credentials \(origin)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }

    /// The text without the secrets that a server may have repeated in it.
    func redacting(_ text: String) -> String {
        var text = text
        for hidden in [secret, sessionToken ?? "", keyID] where !hidden.isEmpty {
            text = text.split(separator: hidden, omittingEmptySubsequences: false).joined(separator: "***")
        }
        return text
    }
}
