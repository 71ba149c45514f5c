import SparkConnectProtocol
import SwiftProtobuf

/// A call that did not succeed, as gRPC tells it, before Spark was asked for details.
struct SparkFailure: Error, Hashable, Sendable {
    /// gRPC's number.
    let code: Int
    let message: String
    /// Spark's own name for the kind of error, when the server sent one.
    var errorClass: String?
    var sqlState: String?
    /// Under which the server keeps the details, for one request.
    var errorID: String?
    var parameters: [String: String] = [:]
    /// Class names in Java, the most special first.
    var types: [String] = []
    /// The server asks to try again, after this time.
    var retryDelay: Duration?

    enum Number {
        static let cancelled = 1
        static let unknown = 2
        static let deadlineExceeded = 4
        static let permissionDenied = 7
        static let unimplemented = 12
        static let `internal` = 13
        static let unavailable = 14
        static let unauthenticated = 16
    }

    /// Whether the same may succeed when it is tried again.
    var isTransient: Bool {
        if retryDelay != nil || code == Number.unavailable { return true }
        return code == Number.internal && names("INVALID_CURSOR.DISCONNECTED")
    }

    /// The server has no such execution.
    var isOperationUnknown: Bool { names("INVALID_HANDLE.OPERATION_NOT_FOUND") }
    /// The server has no such session.
    var isSessionUnknown: Bool {
        names("INVALID_HANDLE.SESSION_NOT_FOUND") || names("INVALID_HANDLE.SESSION_CHANGED")
            || names("INVALID_HANDLE.SESSION_CLOSED")
    }

    /// The server knows nothing of what it is asked about, as when it was never told.
    var mayNeverHaveArrived: Bool { isOperationUnknown || names("INVALID_HANDLE.SESSION_NOT_FOUND") }

    private func names(_ name: String) -> Bool { errorClass == name || message.contains(name) }
}

extension SparkFailure {
    /// - Parameter details: the trailer `grpc-status-details-bin`; what cannot be read of it is left out.
    init(code: Int, message: String, details: [UInt8]?) {
        self.init(code: code, message: message)
        guard let details, let status = try? RPCStatus(serializedBytes: details) else { return }
        for detail in status.details {
            if detail.typeURL.hasSuffix("google.rpc.ErrorInfo") {
                guard let info = try? RPCErrorInfo(serializedBytes: detail.value) else { continue }
                read(info)
            } else if detail.typeURL.hasSuffix("google.rpc.RetryInfo") {
                guard let info = try? RPCRetryInfo(serializedBytes: detail.value) else { continue }
                let delay = info.retryDelay
                retryDelay = max(.zero, .seconds(delay.seconds) + .nanoseconds(Int64(delay.nanos)))
            }
        }
    }

    private mutating func read(_ info: RPCErrorInfo) {
        func value(_ name: String) -> String? {
            guard let value = info.metadata[name], !value.isEmpty else { return nil }
            return value
        }
        errorID = value("errorId")
        errorClass = value("errorClass")
        sqlState = value("sqlState")
        if let json = value("messageParameters") { parameters = TextJSON.object(json) }
        if let json = value("classes") { types = TextJSON.array(json) }
        if types.isEmpty, !info.reason.isEmpty { types = [info.reason] }
    }
}
