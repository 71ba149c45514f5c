/// Why a store could not do something.
package struct ObjectStoreError: Error, Sendable, CustomStringConvertible {
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String
        private init(_ name: String) { description = name }

        package static let notFound = Code("not found")
        package static let alreadyExists = Code("already exists")
        package static let permissionDenied = Code("permission denied")
        package static let noSpace = Code("no space left")
        package static let notAFolder = Code("not a folder")
        package static let isAFolder = Code("is a folder")
        package static let nameTooLong = Code("name too long")
        package static let readOnly = Code("read-only")
        package static let tooManyOpenFiles = Code("too many open files")
        /// Sent, but no answer came: it may have been done or not. Whoever asked has to look.
        package static let unknownOutcome = Code("unknown outcome")
        /// No answer came in time to a question that changes nothing.
        package static let timedOut = Code("timed out")
        /// There are no credentials, or the service does not accept them.
        package static let badCredentials = Code("bad credentials")
        package static let noSuchBucket = Code("no such bucket")
        /// There is no connection to the service.
        package static let unreachable = Code("unreachable")
        /// The service has too much to do, also after several tries.
        package static let busy = Code("busy")
        /// What the store was told of its service cannot be used.
        package static let invalidConfiguration = Code("invalid configuration")
        /// The task was cancelled.
        package static let cancelled = Code("cancelled")
        package static let other = Code("failed")
    }

    package var code: Code
    /// What an engine would open: an absolute path or a URL.
    package var path: String
    package var message: String
    /// The system's `errno`, when it has one.
    package var cause: Int32?

    package init(code: Code, path: String, message: String, cause: Int32? = nil) {
        self.code = code
        self.path = path
        self.message = message
        self.cause = cause
    }

    package var description: String { "\(message): \(path)" }
}
