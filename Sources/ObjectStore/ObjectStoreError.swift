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
